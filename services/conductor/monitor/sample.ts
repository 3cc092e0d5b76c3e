import { messageOf } from '../failure.js';
import { COLORS } from '../engines/engine.js';
import type { Deploy } from '../run-directory.js';
import { clientOf, metricsUrl, ownHeaders, runningWorkers, type Site } from '../site.js';
import { readStatus, type Status } from '../verbs/status.js';
import { Exposition } from './exposition.js';
import { byColor, usesOf, type Uses } from './parts.js';
import { workOn, type Work } from './work.js';

/** One look at a stack. Totals, as they are: what happened is the difference of two looks. */
export type Sample = Readonly<{
  /** When the look began, of `performance.now()`: an answer may take its time. */
  atMs: number;
  time: Date;
  /** Undefined where the stack could not be asked. */
  status: Status | undefined;
  /** Of the whole cluster; undefined where nobody gives them. */
  metrics: Exposition | undefined;
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
  const [atMs, time, uses] = [performance.now(), new Date(), usesOf(site.run.path)];
  const [status, metrics] = await Promise.all([readStatus(site).catch(messageOf), readMetrics(site).catch(messageOf)]);
  const known = typeof status === 'string' ? undefined : status;
  return {
    atMs,
    time,
    status: known,
    metrics: typeof metrics === 'string' ? undefined : metrics,
    uses: byColor(uses, known),
    work: workOn(site.run),
    deploys: site.run.deploys().history,
    troubles: [
      ...(typeof status === 'string' ? [`the stack can't be asked: ${status}`] : status.troubles),
      ...(typeof metrics === 'string' && known?.up === true ? [`no metrics: ${metrics}`] : []),
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

const ask = async (url: string, headers: Readonly<Record<string, string>>): Promise<Exposition> => {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.ok) return new Exposition(await response.text());
  await response.body?.cancel();
  throw new Error(
    response.status === 503 ? 'Redis is away, or no worker answers' : `${url} answered ${response.status}`,
  );
};
