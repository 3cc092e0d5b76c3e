import { hasIpv6, tryPort } from '../engines/local/ports.js';
import { awaitLanding } from '../deploy/landing.js';
import { otherColor } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import { preflight } from '../preflight/preflight.js';
import type { Report } from '../report.js';
import type { Remembered } from '../run-directory.js';
import { exposesAdmin, isProduction, speaksTls, type StackSettings } from '../settings.js';
import { clientOf, DEFAULT_ADMIN_PASSWORD, lastWords, releasesInUse, runningWorkers, type Site } from '../site.js';
import { smokeWorker } from '../smoke/smoke.js';
import { nameOf } from '../worker-client.js';
import { FINISH_IT, unfinishedWords } from './health.js';
import { excerptOf, saidAtLast } from './log-excerpt.js';
import { bringBack } from './bring-back.js';
import { startColor } from './start-color.js';
import { step } from './step.js';
import { unusedSettings, type Wanted } from './unused-settings.js';
import { isAlive, watchingLines } from './watching.js';
import { whoMayConnect } from './who-may-connect.js';

/** Ports below 1024 are only a wish: where one may not be bound, and nobody asked for it by name, another serves. */
const UNPRIVILEGED = { HTTP_PORT: 8000, HTTPS_PORT: 8443 } as const;

export const choosePublicPorts = async (
  stack: StackSettings,
  given: ReadonlySet<string>,
  report: Report,
): Promise<StackSettings> => {
  const host = stack.LISTEN === 'local' || !hasIpv6() ? '0.0.0.0' : '::';
  const wished = ['HTTP_PORT', ...(speaksTls(stack) ? (['HTTPS_PORT'] as const) : [])] as const;
  const chosen = { ...stack };
  for (const setting of wished) {
    if (given.has(setting) || (await tryPort(stack[setting], host)) !== 'forbidden') continue;
    const other = UNPRIVILEGED[setting];
    report.say(`Port ${stack[setting]} may not be bound without privileges: using ${other} (${setting}).`);
    chosen[setting] = other;
  }
  return chosen;
};

/** Starts the stack, or says that it runs. When it fails, nothing of it stays behind. */
export const up = async (site: Site, wanted: Wanted, report: Report, signal: AbortSignal): Promise<void> => {
  if (await site.stack.isUp()) return alreadyUp(site, wanted, report, signal);
  const color = (await site.engine.active()) ?? 'blue';
  await step(report, 'settings agree', async () => {
    await preflight(site, { kind: 'build', source: site.source });
  });
  const release = await step(report, 'build the release', () => site.releases.build(site.source));
  try {
    await step(report, 'Redis and nginx', () => site.stack.raise(release));
    site.run.remember(site.settings);
    await startColor(site, color, release.id, report, signal);
  } catch (error) {
    const log = await lastWords(site, error);
    report.say('  taking down what had been started');
    await site.stack.lower();
    await site.releases.discard(release.id);
    report.rows(excerptOf(log, site.run.file('logs')));
    const next = signal.aborted ? '"make dev-up" begins anew.' : 'Mend this, then "make dev-up" again:';
    throw new Failure(`Nothing of this stack runs now. ${next}\n${causeWords(signal, error, log)}`, { cause: error });
  }
  site.run.record({ at: new Date().toISOString(), reason: 'up', color, release: release.id });
  await site.releases.prune(site.verb.KEEP_RELEASES, await releasesInUse(site));
  const { lines: watching } = await startWatching(site);
  report.say(`\nReady: release ${release.id} on ${color}.\n${addresses(site.settings, watching)}`);
};

/** The last line of what failed. */
const causeWords = (signal: AbortSignal, error: unknown, log: readonly string[]): string =>
  signal.aborted ? messageOf(signal.reason) : `${messageOf(error)}${saidAtLast(log)}`;

/** What an `up` finds running it leaves alone; what has ended of it is started again. */
const alreadyUp = async (site: Site, wanted: Wanted, report: Report, signal: AbortSignal): Promise<void> => {
  const { color, wasIll } = await bringBack(site, report, signal).catch(async (error: unknown) => {
    const log = await lastWords(site, error);
    report.rows(excerptOf(log, site.run.file('logs')));
    throw new Failure(
      'What else runs was left alone: "make status" lists it.\n"make dev-down" and "make dev-up" start all of it anew.\n' +
        causeWords(signal, error, log),
      { cause: error },
    );
  });
  const isUnfinished = (await runningWorkers(site, otherColor(color))).length > 0;
  const { lines: watching, begun } = await startWatching(site);
  const already =
    begun.length > 0
      ? `Already up (${color} is active); new: ${begun.join(', ')}.`
      : isUnfinished
        ? `Already up (${color} is active).`
        : `Already up, nothing to do (${color} is active).`;
  report.say(`${wasIll ? `Up again: ${color} is active and serves.` : already}\n${addresses(site.settings, watching)}`);
  if (isUnfinished) report.say(`Not well: ${unfinishedWords(color)}\n${FINISH_IT}`);
  for (const line of unusedSettings(site.run.remembered(), wanted)) report.say(line);
};

/**
 * What watches the cluster comes up by itself, behind our back: nobody waits for it. Returns a line for each, and the
 * names of those that did not run before.
 */
const startWatching = async (site: Site): Promise<Readonly<{ lines: readonly string[]; begun: readonly string[] }>> => {
  const ranBefore = (await site.stack.optional()).filter(isAlive).map(({ name }) => name);
  const troubles = await site.stack.startOptional();
  const parts = await site.stack.optional();
  return {
    lines: [...watchingLines(parts, COLUMN), ...troubles.map((trouble) => `  ${trouble}`)],
    begun: parts.filter((part) => isAlive(part) && !ranBefore.includes(part.name)).map(({ name }) => name),
  };
};

export const smoke = async (site: Site, report: Report): Promise<void> => {
  const color = await site.engine.active();
  const workers = color === undefined ? [] : await runningWorkers(site, color);
  if (color === undefined || workers.length === 0) throw new Failure('no worker runs: "make dev-up" starts the stack');
  const sides = await Promise.all(
    workers.map(async (worker) => ({ worker, release: (await clientOf(site, worker).version()).release })),
  );
  for (const [index, side] of sides.entries()) {
    const peer = sides[(index + 1) % sides.length] ?? side;
    await step(report, `${nameOf(side.worker)}, messages to ${nameOf(peer.worker)} and back`, () =>
      smokeWorker(side, clientOf(site, side.worker), peer),
    );
  }
  await step(report, 'through nginx', () => awaitLanding(site, color));
};

/** Where what stands in the list of addresses begins. */
const COLUMN = 14;

export const addresses = (settings: Remembered, watching: readonly string[]): string => {
  const { stack, worker_environment: given } = settings;
  const { host, s } = frontOf(stack);
  const lines: readonly (readonly [what: string, where: string])[] = [
    ['Application', `http${s}://${host}/  (test page)  ·  /ws-stats`],
    ['Admin page', `${adminUrl(stack)}  ${passwordWords(stack, given['ADMIN_PASSWORD'] !== undefined)}`],
    ['WebSocket', `ws${s}://${host}/ws  ·  /ws/chat/  ·  /ws/YOUR-NAME`],
    ['Metrics', `http://localhost:${stack.METRICS_PORT}/metrics/  (the whole cluster)`],
    ['Stream', `ws://localhost:${stack.STREAM_PORT}/ws/metrics`],
    ['Blue', workersOf(stack.BLUE_PORT_BASE, stack.WORKERS)],
    ['Green', workersOf(stack.GREEN_PORT_BASE, stack.WORKERS)],
    ['Mode', whoMayConnect(settings)],
  ];
  return [
    ...lines.map(([what, where]) => `  ${what.padEnd(COLUMN)} ${where}`),
    ...watching,
    `Try:  npx wscat -c ws${s}://${host}/ws/chat/`,
  ].join('\n');
};

const adminUrl = (stack: StackSettings): string => {
  const { host, s } = frontOf(stack);
  return exposesAdmin(stack) ? `http${s}://${host}/admin` : `http://localhost:${stack.METRICS_PORT}/admin`;
};

const passwordWords = (stack: StackSettings, isGiven: boolean): string => {
  if (isGiven) return '(password: your ADMIN_PASSWORD)';
  return isProduction(stack)
    ? '(closed: ADMIN_PASSWORD is not set)'
    : `(password ${DEFAULT_ADMIN_PASSWORD}; ADMIN_PASSWORD=… sets yours)`;
};

/** Where people find it, and the letter that says that it is TLS. */
const frontOf = (stack: StackSettings): Readonly<{ host: string; s: '' | 's' }> => {
  const isTls = speaksTls(stack);
  const [port, usual] = isTls ? [stack.HTTPS_PORT, 443] : [stack.HTTP_PORT, 80];
  return { host: port === usual ? 'localhost' : `localhost:${port}`, s: isTls ? 's' : '' };
};

const workersOf = (base: number, count: number): string =>
  `http://localhost:${base + 1}${count === 1 ? '' : ` to ${base + count}`}  (its workers, loopback)`;
