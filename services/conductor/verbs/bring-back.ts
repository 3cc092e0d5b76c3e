import { cancelMove } from '../deploy/move.js';
import type { Color, WorkerProcess } from '../engines/engine.js';
import type { Report } from '../report.js';
import { clientOf, type Site } from '../site.js';
import { until } from '../waiting.js';
import { nameOf, type ReadinessAnswer } from '../worker-client.js';
import { awaitServing, startColor } from './start-color.js';
import { step } from './step.js';

type Seen = Readonly<{ worker: WorkerProcess; answer: ReadinessAnswer }>;

/**
 * Starts again what has ended of a stack that is up: Redis, nginx, and workers of the active color. What serves is left
 * alone. Returns the color, and whether there was anything to do. @throws {Failure} when it does not come back
 */
export const bringBack = async (
  site: Site,
  report: Report,
  signal: AbortSignal,
): Promise<Readonly<{ color: Color; wasIll: boolean }>> => {
  const parts = await site.stack.mend();
  if (parts.length > 0) report.say(`Started again: ${parts.join(' and ')}.`);
  const color = (await site.engine.active()) ?? 'blue';
  const wasIll = await bringColorBack(site, color, report, signal);
  return { color, wasIll: wasIll || parts.length > 0 };
};

const bringColorBack = async (site: Site, color: Color, report: Report, signal: AbortSignal): Promise<boolean> => {
  const seen = await look(site, color);
  const ill = seen.filter(({ answer }) => answer.state !== 'ready');
  if (seen.length > 0 && ill.length === 0) return false;
  report.say(`${color} does not serve: ${seen.length === 0 ? 'it was stopped' : ill.map(describe).join('; ')}`);
  const release = (await site.engine.release(color)) ?? site.run.releaseOf(color);
  if (release === undefined || seen.length === 0 || !(await isThere(site, release))) {
    await startAnew(site, color, release, report, signal);
    return true;
  }
  const dead = await awaitAnswers(site, color, signal);
  if (dead.length > 0) {
    await step(report, `start ${dead.map(nameOf).join(', ')} again`, () => site.engine.restart(dead));
  }
  // A deploy that was killed in its move, or in its way back, may have left it draining.
  await cancelMove(site, color);
  await awaitServing(site, color, release, report, signal);
  return true;
};

const isThere = async (site: Site, release: string): Promise<boolean> =>
  (await site.releases.find(release)) !== undefined;

const startAnew = async (
  site: Site,
  color: Color,
  last: string | undefined,
  report: Report,
  signal: AbortSignal,
): Promise<void> => {
  const release =
    last !== undefined && (await isThere(site, last)) ? last : (await site.releases.build(site.source)).id;
  await startColor(site, color, release, report, signal);
  site.run.record({ at: new Date().toISOString(), reason: 'up', color, release });
};

const look = async (site: Site, color: Color): Promise<readonly Seen[]> =>
  Promise.all(
    (await site.engine.workers(color)).map(async (worker) => ({
      worker,
      answer: await clientOf(site, worker).readiness(),
    })),
  );

/** Has ended for good, or may come by itself: supervisord starts a worker again when it ends. */
const hasEnded = ({ state }: WorkerProcess): boolean => state === 'failed' || state === 'stopped';

/** The workers that have ended, and those that have not answered when READY_TIMEOUT is over. */
const awaitAnswers = async (site: Site, color: Color, signal: AbortSignal): Promise<readonly WorkerProcess[]> => {
  let dead: readonly WorkerProcess[] = [];
  await until(
    site.verb.READY_TIMEOUT * 1_000,
    async () => {
      dead = (await look(site, color)).filter(({ answer }) => answer.state === 'absent').map(({ worker }) => worker);
      return dead.every(hasEnded) ? true : undefined;
    },
    { signal },
  );
  return dead;
};

const describe = ({ worker, answer }: Seen): string => {
  if (worker.state === 'failed') return `${nameOf(worker)} ended, ${worker.why}`;
  if (worker.state !== 'running') return `${nameOf(worker)} is ${worker.state}`;
  return answer.state === 'absent' ? answer.why : `${nameOf(worker)} is not ready`;
};
