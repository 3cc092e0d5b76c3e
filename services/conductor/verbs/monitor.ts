import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, NOT_UP } from '../failure.js';
import { processesOf, useOf } from '../processes.js';
import { metricsUrl, ownHeaders, type Site } from '../site.js';
import { formatLine, type LogLine } from '../logs/log-lines.js';
import { LogTail } from '../logs/log-tail.js';
import { readStatus, type Status } from './status.js';

const DEFAULT_SECONDS = 60;
const LIVE_EVERY_MS = 1_000;
const PLAIN_EVERY_MS = 10_000;
const CLEAR_SCREEN = '\u001B[H\u001B[2J';
const ERRORS_SHOWN = 8;

type Sample = Readonly<{
  at: number;
  status: Status;
  messages: number;
  errors: number;
  cpuSeconds: number;
  memoryBytes: number;
}>;

/** Watches a stack: a live screen on a terminal, a snapshot every ten seconds elsewhere, a summary at the end. */
export const monitor = async (site: Site, logFolder: string, operand: string | undefined): Promise<void> => {
  const seconds = Number(operand ?? DEFAULT_SECONDS);
  if (!Number.isFinite(seconds) || seconds <= 0)
    throw new Failure(`"${operand ?? ''}" is no number of seconds`, { exitCode: 2 });
  if (!(await site.stack.isUp())) throw new Failure(NOT_UP);
  const live = process.stdout.isTTY;
  const tail = new LogTail(logFolder);
  tail.skip();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const first = await sample(site);
  const samples = [first];
  const errors: LogLine[] = [];
  const deadline = first.at + seconds * 1_000;
  let last = first;
  show(live, first, first, []);
  while (performance.now() < deadline && !stop.signal.aborted) {
    const pause = Math.min(live ? LIVE_EVERY_MS : PLAIN_EVERY_MS, Math.max(0, deadline - performance.now()));
    await sleep(pause, undefined, { signal: stop.signal }).catch(() => {});
    const fresh = tail.read().filter((line) => line.level === 'ERROR' || line.level === 'FATAL');
    errors.push(...fresh);
    const now = await sample(site);
    samples.push(now);
    show(live, now, last, live ? errors.slice(-ERRORS_SHOWN) : fresh);
    last = now;
  }
  process.stdout.write(`${summarize(first, last, samples, errors.length)}\n`);
};

const sample = async (site: Site): Promise<Sample> => {
  const [status, metrics] = await Promise.all([readStatus(site), readMetrics(site)]);
  const uses = processesOf(site.run.path).map(useOf);
  return {
    at: performance.now(),
    status,
    messages: sumOf(metrics, 'websocket_messages_total'),
    errors: sumOf(metrics, 'websocket_errors_total'),
    cpuSeconds: uses.reduce((sum, use) => sum + use.cpuSeconds, 0),
    memoryBytes: uses.reduce((sum, use) => sum + use.memoryBytes, 0),
  };
};

/** Empty when the cluster does not answer: what is shown then is zero. */
const readMetrics = async (site: Site): Promise<string> => {
  try {
    return await (
      await fetch(metricsUrl(site), { headers: ownHeaders(site), signal: AbortSignal.timeout(2_000) })
    ).text();
  } catch {
    return '';
  }
};

/** Sum over all label sets of a metric in the text format. */
export const sumOf = (metrics: string, name: string): number =>
  metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);

const connectionsOf = (status: Status): number =>
  status.colors.flatMap(({ workers }) => workers).reduce((sum, worker) => sum + (worker.connections ?? 0), 0);

const show = (live: boolean, now: Sample, before: Sample, errors: readonly LogLine[]): void => {
  const elapsed = Math.max(0.001, (now.at - before.at) / 1_000);
  const cpu = now === before ? 0 : Math.max(0, ((now.cpuSeconds - before.cpuSeconds) / elapsed) * 100);
  const rate = now === before ? 0 : Math.max(0, (now.messages - before.messages) / elapsed);
  const line = [
    new Date().toISOString().slice(11, 19),
    `${now.status.active ?? 'no color'} active`,
    `${connectionsOf(now.status)} connections`,
    `${rate.toFixed(1)} messages/s`,
    `${now.errors} errors`,
    `CPU ${cpu.toFixed(0)} %`,
    `memory ${megabytes(now.memoryBytes)} MB`,
    `${now.status.old_nginx_generations} old nginx`,
  ].join('  ');
  const workers = now.status.colors
    .flatMap((color) => color.workers)
    .map(
      ({ worker, state, ready, connections }) =>
        `  ${worker.padEnd(10)} ${state.padEnd(9)} ${ready.padEnd(12)} ${connections ?? '–'} connections`,
    );
  const shown = errors.map((error) => `! ${formatLine(error)}`);
  const body = live ? [line, '', ...workers, '', ...shown] : [line, ...shown];
  process.stdout.write(`${live ? CLEAR_SCREEN : ''}${body.join('\n')}\n`);
};

const summarize = (first: Sample, last: Sample, samples: readonly Sample[], errors: number): string => {
  const connections = samples.map(({ status }) => connectionsOf(status));
  const seconds = Math.max(0.001, (last.at - first.at) / 1_000);
  const messages = Math.max(0, last.messages - first.messages);
  return [
    `Summary of ${seconds.toFixed(0)} s:`,
    `  connections ${Math.min(...connections)}–${Math.max(...connections)}`,
    `  messages ${messages} (${(messages / seconds).toFixed(1)}/s)`,
    `  error lines ${errors}, errors counted ${Math.max(0, last.errors - first.errors)}`,
    `  CPU ${Math.max(0, ((last.cpuSeconds - first.cpuSeconds) / seconds) * 100).toFixed(0)} %, memory ${megabytes(last.memoryBytes)} MB`,
  ].join('\n');
};

const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(0);
