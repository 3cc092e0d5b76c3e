import type { Color } from '../engines/engine.js';
import { Failure } from '../failure.js';
import { clientOf, runningWorkers, type Site } from '../site.js';
import { tryAcross, type Scenario } from './blame.js';
import { smokeCrossing } from './crossing.js';
import type { Side } from './sides.js';
import { smokeSkew } from './skew.js';
import { openAs, smokeWorker } from './smoke.js';

export type NewColor = Readonly<{
  color: Color;
  release: string;
  from: Color;
  isRollback: boolean;
  signal: AbortSignal;
}>;
/** A few words for the screen, and what the color being left can't do; `leftIsDead`: no worker of it answers. */
export type SmokeResult = Readonly<{ words: string; warnings: readonly string[]; leftIsDead: boolean }>;

/**
 * Every worker of a new color by itself and with one of the active color, then the two releases with one another.
 * @throws {Failure} for what the new color can't do
 */
export const smokeColor = async (site: Site, newColor: NewColor): Promise<SmokeResult> => {
  const { color, release, from, signal } = newColor;
  const workers = await runningWorkers(site, color);
  if (workers.length === 0) throw new Failure(`no worker of ${color} runs`);
  const sides = workers.map((worker) => ({ worker, release }));
  for (const side of sides) {
    signal.throwIfAborted();
    await smokeWorker(side, clientOf(site, side.worker), side);
  }
  const left = await sideOf(site, from);
  const warnings =
    left === undefined
      ? [`no worker of ${from} answers: nothing could be tried between the two`]
      : await warningsAcross(site, newColor, sides, left);
  const words =
    warnings.length === 0
      ? `${sides.length} workers; ${release} and what ${from} runs understand each other both ways`
      : `${sides.length} workers by themselves; ${from} is ill`;
  return { words, warnings, leftIsDead: left === undefined };
};

const warningsAcross = async (
  site: Site,
  { isRollback, signal }: NewColor,
  sides: readonly Side[],
  left: Side,
): Promise<readonly string[]> => {
  const warnings: string[] = [];
  const open = openAs(clientOf(site, left.worker));
  const across = async (fresh: Side, scenario: Scenario): Promise<void> => {
    signal.throwIfAborted();
    const warning = await tryAcross({ scenario, fresh, left, isRollback });
    if (warning !== undefined) warnings.push(warning);
  };
  for (const side of sides) await across(side, (fresh, old) => smokeCrossing(fresh, old, open));
  for (const side of sides.slice(0, 1)) {
    await across(side, (fresh, old) => smokeSkew(fresh, old, open));
    await across(side, (fresh, old) => smokeSkew(old, fresh, open));
  }
  return warnings;
};

/** The first worker of the color being left that says what it runs; undefined: none does. */
const sideOf = async (site: Site, color: Color): Promise<Side | undefined> => {
  const asked = (await runningWorkers(site, color)).map(async (worker) => ({
    worker,
    release: (await clientOf(site, worker).version()).release,
  }));
  return Promise.any(asked).catch(() => undefined);
};
