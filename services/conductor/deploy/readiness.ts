import type { Color } from '../engines/engine.js';
import { Failure } from '../failure.js';
import { clientOf, type Site } from '../site.js';
import { until } from '../waiting.js';
import { nameOf } from '../worker-client.js';

/** A start that takes longer than this falls short of what the project promises. */
export const START_TARGET_SECONDS = 3;

type Waiting = Readonly<{ state: 'waiting'; why: string }>;

/**
 * Waits until every worker of `color` is ready and is of `release`.
 * @throws {Failure} as soon as one ends by itself, or when READY_TIMEOUT is over
 */
export const awaitReady = async (site: Site, color: Color, release: string, signal: AbortSignal): Promise<void> => {
  let last: readonly Waiting[] = [];
  const ready = await until(
    site.verb.READY_TIMEOUT * 1_000,
    async () => {
      const states = await Promise.all((await site.engine.workers(color)).map((worker) => ask(site, worker, release)));
      last = states.filter((state) => state.state === 'waiting');
      return last.length === 0 && states.length > 0 ? true : undefined;
    },
    { signal },
  );
  if (ready) return;
  const reasons = last.map(({ why }) => why).join('; ');
  const [slow] = await site.engine.workers(color);
  const message = `${color} was not ready within ${site.verb.READY_TIMEOUT} s (READY_TIMEOUT): ${reasons}`;
  throw new Failure(message, slow === undefined ? {} : { worker: slow });
};

const ask = async (
  site: Site,
  worker: Awaited<ReturnType<Site['engine']['workers']>>[number],
  release: string,
): Promise<Waiting | Readonly<{ state: 'ready' }>> => {
  if (worker.state === 'failed') {
    throw new Failure(`${nameOf(worker)} did not start: ${worker.why}`, { worker });
  }
  const client = clientOf(site, worker);
  const readiness = await client.readiness();
  if (readiness.state !== 'ready') return { state: 'waiting', why: `${nameOf(worker)}: ${readiness.why}` };
  const version = await client.version();
  if (version.release === release) return { state: 'ready' };
  return { state: 'waiting', why: `${nameOf(worker)} answers as release ${version.release}, not ${release}` };
};
