import { setTimeout as sleep } from 'node:timers/promises';
import { COLORS, type Color, type Engine, type Releases, type Stack, type WorkerProcess } from './engines/engine.js';
import type { Journal } from './journal/journal.js';
import type { Remembered, RunDirectory } from './run-directory.js';
import { isProduction, type VerbSettings } from './settings.js';
import { Failure } from './failure.js';
import type { Thresholds } from './vitals/thresholds.js';
import { nameOf, operatorHeaders, WorkerClient } from './worker-client.js';

/** A stack as the verbs see it. */
export type Site = Readonly<{
  engine: Engine;
  stack: Stack;
  releases: Releases;
  run: RunDirectory;
  /** What is done to it is written there. */
  journal: Journal;
  settings: Remembered;
  verb: VerbSettings;
  /** Read when they are needed. @throws {Failure} */
  thresholds: () => Thresholds;
  /** A build that becomes the next release. */
  source: string;
}>;

export const clientOf = (site: Site, worker: Readonly<{ color: Color; name: string; url: string }>): WorkerClient =>
  new WorkerClient(worker, site.run.controlToken());

/** For what the conductor itself asks of the cluster: it is no user, and is not counted. */
export const ownHeaders = (site: Site): Readonly<Record<string, string>> => operatorHeaders(site.run.controlToken());

export const publicUrl = (site: Site): string => `http://127.0.0.1:${site.settings.stack.HTTP_PORT}`;
export const metricsUrl = (site: Site): string => `http://127.0.0.1:${site.settings.stack.METRICS_PORT}/metrics/`;

/** Of the admin page in development, where nobody gave one. In production nobody can log in then. */
export const DEFAULT_ADMIN_PASSWORD = 'admin';

/** Whoever is on this machine is its developer, who may load it: no rate limit holds for him. */
const ofDevelopment = ({ nearby }: Engine) => ({ RATE_LIMIT_TRUSTED: nearby, ADMIN_PASSWORD: DEFAULT_ADMIN_PASSWORD });

/** What workers get beside what the engine gives them. */
export const workerEnvironment = (site: Site): Readonly<Record<string, string>> => ({
  MODE: site.settings.stack.MODE,
  ...(isProduction(site.settings.stack) ? {} : ofDevelopment(site.engine)),
  ...site.settings.worker_environment,
  CONTROL_TOKEN: site.run.controlToken(),
});

export const runningWorkers = async (site: Site, color: Color): Promise<readonly WorkerProcess[]> =>
  (await site.engine.workers(color)).filter((worker) => worker.state === 'running');

/** What a color runs, by its workers' own word; undefined: none answers. */
export const releaseRunBy = async (site: Site, color: Color): Promise<string | undefined> => {
  const [release] = await releasesRunBy(site, color);
  return release;
};

/** Of each worker that answers. */
const releasesRunBy = async (site: Site, color: Color): Promise<readonly string[]> => {
  const workers = await runningWorkers(site, color);
  const answers = await Promise.allSettled(workers.map((worker) => clientOf(site, worker).version()));
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.release] : []));
};

/** Releases that some color runs, or would go back to. */
export const releasesInUse = async (site: Site): Promise<ReadonlySet<string>> => {
  const inUse = new Set<string>();
  for (const color of COLORS) {
    const remembered = site.run.releaseOf(color);
    if (remembered !== undefined) {
      inUse.add(remembered);
      const previous = site.run.releaseBefore(remembered);
      if (previous !== undefined) inUse.add(previous);
    }
    for (const release of await releasesRunBy(site, color)) inUse.add(release);
  }
  return inUse;
};

const LAST_LINES = 15;
/** A worker writes a line at most 100 ms after it happened, ms (docs/OBSERVABILITY.md, Logs). */
const LINES_ON_THEIR_WAY_MS = 150;

/** The last log lines of the worker that a failure names: to be read before an undo ends it. */
export const lastWords = async (site: Site, error: unknown): Promise<readonly string[]> => {
  if (!(error instanceof Failure) || error.worker === undefined) return [];
  const { worker } = error;
  await sleep(LINES_ON_THEIR_WAY_MS);
  const lines = await site.engine.lastLines(worker, LAST_LINES).catch(() => []);
  return lines.map((line) => `${nameOf(worker)} | ${line}`);
};
