import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../services/conductor/failure.js';
import type { Environment, Settings } from './config.js';
import type { K6 } from './k6.js';
import { readOutcome, type Outcome } from './outcome.js';
import { membersOf, type Plan } from './plan.js';
import { start, type Ending, type Started } from './process.js';
import { progressLine } from './progress.js';
import { Recording, type Moment } from './recording.js';
import { Tail } from './tail.js';

export type Place = Readonly<{
  k6: K6;
  /** Of the checkout: main.ts in it is what k6 runs. */
  scripts: string;
  /** Of this run: made here. */
  folder: string;
  /** The command that deploys. */
  promote: readonly [string, ...string[]];
  environment: Environment;
}>;
export type Ran = Readonly<{
  outcome: Outcome;
  moments: readonly Moment[];
  /** Undefined: none was asked for. In seconds since the begin. */
  deploy: Readonly<{ from: number; to: number; code: Ending }> | undefined;
}>;

const LOOK_MS = 200;
/** Seconds from line to line. */
const TELL_EVERY = 5;
/** By when everybody is there: two cores let at least so many in. */
const LET_IN_PER_SECOND = 700;
const STEADY_SECONDS = 3;
const TOLD_WARNINGS = 5;
const INVALID_LOAD = 99;

/** @throws {Failure} when k6 did not run to its end */
export const run = async (
  host: string,
  settings: Settings,
  place: Place,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Ran> => {
  mkdirSync(place.folder, { recursive: true });
  const file = (name: string): string => join(place.folder, name);
  const plan: Plan = {
    host,
    rate: settings.rate,
    seconds: settings.seconds,
    p95Ms: settings.p95Ms,
    members: membersOf(settings.sockets, settings.scenarios),
    run: `load-${Date.now()}`,
    summary: file('k6-summary.json'),
    hasLog: settings.hasLog,
  };
  const began = performance.now();
  const k6 = start(
    [place.k6.file, 'run', '--quiet', '--no-usage-report', '--address', '', join(place.scripts, 'main.ts')],
    environmentOf(place.environment, plan, file),
    file('k6.log'),
    warnings(say, signal),
  );
  const deploying = settings.promote ? deploy(k6, settings, place, began, say, signal) : undefined;
  const stop = (): void => k6.interrupt();
  signal.addEventListener('abort', stop, { once: true });
  const recording = await watch(k6, file('recording.ndjson'), say);
  const code = await k6.ended;
  const ended = secondsSince(began);
  const deployed = await deploying;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code !== 0 && code !== INVALID_LOAD) {
    throw new Failure(`k6 ended with ${code} before its time: ${file('k6.log')} says why`);
  }
  const outcome = readOutcome(plan.summary, settings.p95Ms);
  return { outcome: withDeploy(outcome, deployed, ended), moments: recording.moments, deploy: deployed };
};

const environmentOf = (environment: Environment, plan: Plan, file: (name: string) => string): NodeJS.ProcessEnv => ({
  // Twice Go's own: a third less work for k6, and at most 2 GB at 10,000 sockets.
  GOGC: '200',
  ...environment,
  PLAN: JSON.stringify(plan),
  K6_WEB_DASHBOARD: 'true',
  K6_WEB_DASHBOARD_PORT: '-1',
  K6_WEB_DASHBOARD_PERIOD: '1s',
  K6_WEB_DASHBOARD_EXPORT: file('k6.html'),
  K6_WEB_DASHBOARD_RECORD: file('recording.ndjson'),
});

/** k6 says much: what differs, and not all of it. Its log has the rest. */
const warnings = (say: (line: string) => void, signal: AbortSignal): ((line: string) => void) => {
  const told = new Set<string>();
  return (line) => {
    if (signal.aborted) return;
    const [, message] = /level=(?:warning|error) msg="((?:[^"\\]|\\.)*)"/.exec(line) ?? [];
    // Ours, which the end tells in words.
    if (message === undefined || message.startsWith('thresholds on metrics') || told.has(message)) return;
    told.add(message);
    if (told.size <= TOLD_WARNINGS) say(`  k6: ${message}`);
  };
};

const watch = async (k6: Started, file: string, say: (line: string) => void): Promise<Recording> => {
  const recording = new Recording();
  const tail = new Tail(file);
  let told = 0;
  const over = new AbortController();
  const ended = k6.ended.finally(() => over.abort());
  while (!over.signal.aborted) {
    await Promise.race([ended, sleep(LOOK_MS)]);
    for (const line of tail.read()) recording.add(line);
    if (recording.moments.length - told < TELL_EVERY) continue;
    say(progressLine(recording.moments.slice(told)));
    told = recording.moments.length;
  }
  tail.close();
  return recording;
};

const deploy = async (
  k6: Started,
  { seconds, sockets }: Settings,
  { promote, folder, environment }: Place,
  began: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Ran['deploy']> => {
  const at = Math.min(seconds / 2, sockets / LET_IN_PER_SECOND + STEADY_SECONDS);
  const due = sleep(at * 1_000, true, { signal, ref: false }).catch(() => false);
  const isDue = await Promise.race([due, k6.ended.then(() => false)]);
  if (!isDue) return undefined;
  const from = secondsSince(began);
  say('  promote: begins');
  const started = start(promote, { ...environment }, join(folder, 'promote.log'), (line) => {
    if (line !== '') say(`  promote: ${line}`);
  });
  const stop = (): void => started.interrupt();
  signal.addEventListener('abort', stop, { once: true });
  const code = await started.ended;
  signal.removeEventListener('abort', stop);
  return { from, to: secondsSince(began), code };
};

const secondsSince = (began: number): number => Math.round((performance.now() - began) / 1_000);

/** `ended`: when k6 did. */
const withDeploy = (outcome: Outcome, deployed: Ran['deploy'], ended: number): Outcome => {
  if (deployed === undefined) return outcome;
  const { code, to } = deployed;
  const failed = code === 0 ? [] : [`promote ended with ${code}: promote.log says why`];
  const late =
    to > ended ? [`promote went on for ${to - ended} s without load: a longer DURATION= covers all of it`] : [];
  return { ...outcome, failures: [...outcome.failures, ...failed, ...late] };
};
