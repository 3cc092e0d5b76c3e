import { messageOf } from '../failure.js';
import { COLORS, type WorkerProcess } from '../engines/engine.js';
import type { Deploy } from '../run-directory.js';
import { clientOf, metricsUrl, ownHeaders, runningWorkers, type Site } from '../site.js';
import { nameOf } from '../worker-client.js';
import { readStatus, type Status } from '../verbs/status.js';
import { Exposition } from './exposition.js';
import { byColor, usesOf, type Uses } from './parts.js';
import { workOn, type Work } from './work.js';

/** `since`: when the process began that they are of. */
export type OwnMetrics = Readonly<{ since: string; metrics: Exposition }>;

/** One look at a stack. Totals, as they are: what happened is the difference of two looks. */
export type Sample = Readonly<{
  /** When the look began, of `performance.now()`: an answer may take its time. */
  atMs: number;
  time: Date;
  /** Undefined where the stack could not be asked. */
  status: Status | undefined;
  /** Of the whole cluster; undefined where nobody gives them: they need Redis. */
  metrics: Exposition | undefined;
  /** Of each worker that answers, by its name: its own. */
  own: ReadonlyMap<string, OwnMetrics>;
  uses: Uses;
  work: Work | undefined;
  /** Deploys that came to their end, oldest first. */
  deploys: readonly Deploy[];
  /** What does not run, and what could not be asked, in words. */
  troubles: readonly string[];
}>;

const PATIENCE_MS = 2_000;

/** Never fails: what is away is told under `troubles`. */
export const takeSample = async (site: Site): Promise<Sample> => {
  const processes = await site.stack.processes().catch(() => new Map<number, number>());
  const [atMs, time, uses] = [performance.now(), new Date(), usesOf(processes)];
  const [status, metrics, own] = await Promise.all([
    readStatus(site).catch(messageOf),
    readMetrics(site).catch(messageOf),
    readOwn(site),
  ]);
  const known = typeof status === 'string' ? undefined : status;
  return {
    atMs,
    time,
    status: known,
    metrics: typeof metrics === 'string' ? undefined : metrics,
    own,
    uses: byColor(uses, known),
    work: workOn(site.run),
    deploys: site.run.deploys().history,
    troubles: [
      ...(typeof status === 'string' ? [`the stack can't be asked: ${status}`] : status.troubles),
      ...(typeof metrics === 'string' && known?.up === true ? [`no totals of the cluster: ${metrics}`] : []),
    ],
  };
};

/** Through nginx; where that is away, from any worker. */
const readMetrics = async (site: Site): Promise<Exposition> => {
  try {
    return await ask(metricsUrl(site), ownHeaders(site));
  } catch (error) {
    const workers = (await Promise.all(COLORS.map((color) => runningWorkers(site, color)))).flat();
    const asked = workers.map((worker) => ask(`${worker.url}/metrics/?scope=cluster`, clientOf(site, worker).headers));
    return Promise.any(asked).catch(() => Promise.reject(error));
  }
};

/** Also while the cluster's are known: what happens from now on can then be told when those are not. */
const readOwn = async (site: Site): Promise<Sample['own']> => {
  const read = async (worker: WorkerProcess): Promise<readonly (readonly [string, OwnMetrics])[]> => {
    if (worker.state !== 'running') return [];
    const metrics = await ask(`${worker.url}/metrics/`, clientOf(site, worker).headers).catch(() => undefined);
    return metrics === undefined ? [] : [[nameOf(worker), { since: worker.since, metrics }]];
  };
  const colors = await Promise.allSettled(COLORS.map((color) => runningWorkers(site, color)));
  const workers = colors.flatMap((color) => (color.status === 'fulfilled' ? color.value : []));
  return new Map((await Promise.all(workers.map(read))).flat());
};

const ask = async (url: string, headers: Readonly<Record<string, string>>): Promise<Exposition> => {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.ok) return new Exposition(await response.text());
  await response.body?.cancel();
  throw new Error(
    response.status === 503 ? 'Redis is away, or no worker answers' : `${url} answered ${response.status}`,
  );
};
