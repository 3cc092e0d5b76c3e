import type { Fault } from './faults/fault.js';
import { Random } from './random.js';

/** One blow of a run. */
export type Blow = Readonly<{
  fault: Fault;
  /** Before it, after everything has healed, ms. */
  pauseMs: number;
  /** Seeds the fault's own choices, so that they do not hang on how the ones before it went. */
  seed: number;
  /** Another one that strikes while this one lasts. */
  during: Readonly<{ fault: Fault; afterMs: number; seed: number }> | undefined;
}>;

const PAUSE_MS = { least: 200, most: 3_000 };
const DURING_AFTER_MS = { least: 0, most: 1_500 };
const OVERLAPS = 0.35;

/**
 * The blows of a seed, without end: every kind of fault once in a random order, then all of them in another order, and
 * so on. In the first round they come one by one; from the second on some come two at a time.
 */
export const schedule = function* (seed: number, faults: readonly Fault[]): Generator<Blow, never> {
  const random = new Random(seed);
  for (let round = 1; ; round += 1) {
    for (const fault of inOrder(random.shuffled(faults))) {
      const { least, most } = PAUSE_MS;
      const pauseMs = random.between(least, most);
      const ownSeed = random.between(0, 2 ** 31);
      const during = round > 1 && random.chance(OVERLAPS) ? another(fault, faults, random) : undefined;
      yield { fault, pauseMs, seed: ownSeed, during };
    }
  }
};

/** A rollback that comes before the first promote would have nowhere to go. */
const inOrder = (faults: readonly Fault[]): readonly Fault[] => {
  const at = (name: string): number => faults.findIndex((fault) => fault.name === name);
  const [rollback, promote] = [at('rollback'), at('promote')];
  if (rollback === -1 || promote < rollback) return faults;
  return faults.map(
    (fault, index) => faults[index === rollback ? promote : index === promote ? rollback : index] ?? fault,
  );
};

const another = (fault: Fault, faults: readonly Fault[], random: Random): Blow['during'] => {
  const others = faults.filter((other) => other.touches !== fault.touches);
  const [first, ...rest] = others;
  if (first === undefined) return undefined;
  const { least, most } = DURING_AFTER_MS;
  return {
    fault: random.pick([first, ...rest]),
    afterMs: random.between(least, most),
    seed: random.between(0, 2 ** 31),
  };
};

export const wordsOf = ({ fault, pauseMs, during }: Blow): string =>
  `${(pauseMs / 1_000).toFixed(1)} s, ${fault.name}${during === undefined ? '' : ` with ${during.fault.name} after ${(during.afterMs / 1_000).toFixed(1)} s`}`;

/** Every kind of fault, in the order in which the seed has them strike first. */
export const firstRound = (seed: number, faults: readonly Fault[]): readonly Blow[] => {
  const blows = schedule(seed, faults);
  return faults.map(() => blows.next().value);
};
