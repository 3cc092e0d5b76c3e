import type { Color } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import { clientOf, runningWorkers, type Site } from '../site.js';
import type { Side } from './sides.js';
import { smokeSkew } from './skew.js';
import { openAs, smokeWorker } from './smoke.js';

export type NewColor = Readonly<{
  color: Color;
  release: string;
  from: Color;
  /** The old color is to be left, however ill it is: what fails between the two is told, and no reason to stay. */
  mustLeave: boolean;
  signal: AbortSignal;
}>;
/** A few words for the screen, and what does not work between the colors. */
export type SmokeResult = Readonly<{ words: string; shortfalls: readonly string[]; oldIsIll: boolean }>;

/**
 * Every worker of a new color by itself and with one of the active color, then the two releases with one another.
 * @throws {Failure}
 */
export const smokeColor = async (site: Site, newColor: NewColor): Promise<SmokeResult> => {
  const { color, release, from, mustLeave, signal } = newColor;
  const shortfalls: string[] = [];
  const across = async (attempt: () => Promise<void>, instead: () => Promise<void>): Promise<void> => {
    signal.throwIfAborted();
    try {
      await attempt();
    } catch (error) {
      if (!mustLeave && !(await isIll(site, from))) throw error;
      await instead();
      shortfalls.push(messageOf(error));
    }
  };
  const workers = await runningWorkers(site, color);
  const [first] = workers;
  if (first === undefined) throw new Failure(`no worker of ${color} runs`);
  for (const worker of workers) {
    const self = { worker, release };
    const client = clientOf(site, worker);
    await across(
      async () => smokeWorker(self, client, await sideOf(site, from)),
      () => smokeWorker(self, client, self),
    );
  }
  await across(
    async () => smokeSkew({ worker: first, release }, await sideOf(site, from), openAs(clientOf(site, first))),
    async () => {},
  );
  const words =
    shortfalls.length === 0
      ? `${workers.length} workers; ${release} and what ${from} runs understand each other both ways`
      : `${workers.length} workers by themselves`;
  return { words, shortfalls, oldIsIll: shortfalls.length > 0 };
};

/** Whether a color fails these tests all by itself: then a new one can't be blamed for what fails between them. */
const isIll = async (site: Site, color: Color): Promise<boolean> => {
  try {
    const side = await sideOf(site, color);
    await smokeWorker(side, clientOf(site, side.worker), side);
    return false;
  } catch {
    return true;
  }
};

/** A worker of the active color. @throws {Failure} when none answers */
const sideOf = async (site: Site, color: Color): Promise<Side> => {
  const [worker] = await runningWorkers(site, color);
  if (worker === undefined) throw new Failure(`no worker of ${color} runs: messages can't be tried across`);
  return { worker, release: (await clientOf(site, worker).version()).release };
};
