import type { Color } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import { clientOf, runningWorkers, type Site } from '../site.js';
import { until } from '../waiting.js';
import type { DrainStatus } from '../worker-client.js';
import type { Reason } from './plan.js';

export type Moved = Readonly<{ moved: number; left: number }>;
export type MoveOptions = Readonly<{
  reason: Reason;
  timeoutMs: number;
  /** Where the connections go: when it stops answering, the move is given up. */
  target: Color;
  signal?: AbortSignal;
  onProgress?: (moved: number, total: number) => void;
}>;

const LOOK_EVERY_MS = 200;
/** Looks in a row at which no worker of the target is ready. */
const TARGET_PATIENCE = 10;

/**
 * Asks every worker of `color` to move its connections and watches until none is left. A worker that was restarted on
 * the way is asked again. Time over is no failure: `left` says how many stayed.
 * @throws {Failure} when no worker of the target has been ready for two seconds
 */
export const moveConnections = async (site: Site, color: Color, options: MoveOptions): Promise<Moved> => {
  const seen = new Map<string, DrainStatus>();
  let blind = 0;
  const sum = (): Moved => {
    const states = [...seen.values()];
    return {
      moved: states.reduce((total, state) => total + (state.drain?.moved ?? 0), 0),
      left: states.reduce((total, state) => total + state.connections, 0),
    };
  };
  await until(
    options.timeoutMs,
    async () => {
      for (const worker of await runningWorkers(site, color)) {
        const state = await askToMove(site, worker, options.reason);
        if (state !== undefined) seen.set(worker.name, state);
      }
      const { moved, left } = sum();
      options.onProgress?.(moved, moved + left);
      if (left === 0) return true;
      blind = (await isAnyReady(site, options.target)) ? 0 : blind + 1;
      if (blind >= TARGET_PATIENCE)
        throw new Failure(`${options.target} is not ready any more: connections have nowhere to go`);
      return undefined;
    },
    { everyMs: LOOK_EVERY_MS, ...(options.signal === undefined ? {} : { signal: options.signal }) },
  );
  return sum();
};

/** Undefined when it does not answer: it is being restarted, and holds no connections. */
const askToMove = async (
  site: Site,
  worker: Parameters<typeof clientOf>[1],
  reason: Reason,
): Promise<DrainStatus | undefined> => {
  const client = clientOf(site, worker);
  try {
    const state = await client.status();
    if (state.drain !== null) return state;
    await client.drain(reason);
    return await client.status();
  } catch {
    return undefined;
  }
};

const isAnyReady = async (site: Site, color: Color): Promise<boolean> => {
  for (const worker of await runningWorkers(site, color)) {
    if ((await clientOf(site, worker).readiness()).state === 'ready') return true;
  }
  return false;
};

/** Takes the drain of every worker back. Returns what did not work, in words. */
export const cancelMove = async (site: Site, color: Color): Promise<readonly string[]> => {
  const troubles: string[] = [];
  for (const worker of await runningWorkers(site, color)) {
    const client = clientOf(site, worker);
    try {
      if ((await client.status()).drain !== null) await client.cancelDrain();
    } catch (error) {
      troubles.push(messageOf(error));
    }
  }
  return troubles;
};
