import { Failure } from '../failure.js';
import { Excuses } from './excuses.js';
import { momentNames, withoutDoubt, type Moment, type Reading } from './figures.js';
import { bearingOf, BakeJudge, type Bearing } from './judge.js';
import type { Thresholds } from './thresholds.js';

/** Looks closer together would see the same windows of the workers' figures twice. */
const JUDGE_EVERY_MS = 500;
/**
 * A look after a judgement counts for the next one once so much has passed. Workers tell of half a second, and a worker
 * that stands still keeps a look waiting: judged by one look alone, what ended right after it could be over at each.
 */
const NEW_AFTER_MS = 250;

export type Guarded = Readonly<{
  /** Those that the connections go to: they set the pace, and are judged. */
  workers: () => Promise<readonly Reading[]>;
  /** Those that the connections leave: never judged, but what the probes meet may be theirs. */
  left: () => Promise<readonly Reading[]>;
  /** What else is judged. */
  probes: () => readonly Reading[];
  /** Whom the new color turns away, by what its workers tell; undefined: there is nothing to judge that by. */
  turnedAway: (workers: readonly Reading[]) => Reading | undefined;
  thresholds: Thresholds;
}>;

/** Looks at a color while connections move to it: how it bears that, and whether it must be left again. */
export class Guard {
  readonly #workers: () => Promise<readonly Reading[]>;
  readonly #probes: () => readonly Reading[];
  readonly #turnedAway: Guarded['turnedAway'];
  readonly #thresholds: Thresholds;
  readonly #judge: BakeJudge;
  readonly #excuses: Excuses;
  #isLeft = false;
  #worstLagMs = 0;
  #before: readonly Reading[] = [];
  #judgedAt = -Infinity;
  /** Looks since then that count. */
  #looks: readonly (readonly Reading[])[] = [];

  constructor({ workers, left, probes, turnedAway, thresholds }: Guarded) {
    this.#workers = workers;
    this.#probes = probes;
    this.#turnedAway = turnedAway;
    this.#thresholds = thresholds;
    this.#judge = new BakeJudge(thresholds);
    this.#excuses = new Excuses(left, thresholds);
  }

  /** The highest event-loop lag p99 that any look found, ms. */
  get worstLagMs(): number {
    return this.#worstLagMs;
  }

  /** Why the probes were not judged by all that they met, in words: where there is any, they prove nothing of the new color. */
  get excuses(): readonly string[] {
    return this.#excuses.words;
  }

  /** Nothing is on the old color any more: what probes meet from now on is judged whole. */
  leave(): void {
    this.#isLeft = true;
  }

  /** @throws {Failure} on a breach */
  async look(): Promise<Bearing> {
    const readings = await this.#workers();
    const bearing = bearingOf(readings, this.#before, this.#thresholds);
    this.#before = readings;
    this.#worstLagMs = Math.max(this.#worstLagMs, ...readings.map(({ moments }) => moments.event_loop_lag_ms ?? 0));
    const sinceJudgedMs = performance.now() - this.#judgedAt;
    if (sinceJudgedMs >= NEW_AFTER_MS) this.#looks = [...this.#looks, readings];
    if (sinceJudgedMs < JUDGE_EVERY_MS) return bearing;
    this.#judgedAt = performance.now();
    const seen = readings.map((reading) => worstOf(reading, this.#looks.flat()));
    this.#looks = [];
    const met = await this.#met();
    // Workers can't tell a client whose host died from one that they lost. The probes, whose host is this one, are lost
    // only by them: where none was, neither were the clients.
    const isLosing = met.some(({ shares }) => (shares.unexpected_closes?.failed ?? 0) > 0);
    const turnedAway = this.#turnedAway(readings);
    const breach = this.#judge.look([
      ...(isLosing ? seen : seen.map(withoutDoubt)),
      ...met,
      ...(turnedAway === undefined ? [] : [turnedAway]),
    ]);
    if (breach !== undefined) throw new Failure(breach);
    return bearing;
  }

  async #met(): Promise<readonly Reading[]> {
    const met = this.#probes();
    if (this.#isLeft) return met;
    // Afterwards: whatever has cut the probes is seen by now.
    await this.#excuses.look();
    return met.map((reading) => this.#excuses.from(reading));
  }
}

/** The reading with the worst of what the looks found at the moment of each. */
const worstOf = (reading: Reading, looks: readonly Reading[]): Reading => {
  const of = looks.filter(({ source }) => source === reading.source);
  const moments = Object.fromEntries(
    momentNames.flatMap((name): [Moment, number][] => {
      const values = of.flatMap(({ moments: found }) => found[name] ?? []);
      return values.length === 0 ? [] : [[name, Math.max(...values)]];
    }),
  );
  return { ...reading, moments };
};
