import type { Options } from '../arguments.js';
import type { Environment } from '../config.js';
import { Failure, NOT_UP } from '../failure.js';
import { describeSummary } from '../monitor/describe-summary.js';
import { History } from '../monitor/history.js';
import { looksDuring } from '../monitor/looks.js';
import { plainLines } from '../monitor/plain.js';
import { takeSample } from '../monitor/sample.js';
import { screen } from '../monitor/screen.js';
import type { Snapshot } from '../monitor/snapshot.js';
import { Tally } from '../monitor/tally.js';
import { Terminal } from '../monitor/terminal.js';
import { publicUrl, type Site } from '../site.js';
import type { LogLine } from '../logs/log-lines.js';
import { LogTail } from '../logs/log-tail.js';

const DEFAULT_SECONDS = '60';
const MOST_SECONDS = 86_400;
const LIVE = { everyMs: 1_000, windowMs: 5_000 };
const PLAIN = { everyMs: 10_000, windowMs: 10_000 };
/** More than fit on any screen. */
const ERRORS_KEPT = 200;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Where what was seen goes: one snapshot after the other, and how it ends. */
type Output = Readonly<{ show(snapshot: Snapshot, fresh: readonly LogLine[]): void; end(): void }>;

/**
 * Watches a stack: a live screen on a terminal, a snapshot every ten seconds elsewhere, a summary at the end, also when
 * it is interrupted. What is away is told, and looked for again.
 * @throws {Failure} where there is no stack, or the seconds are none
 */
export const monitor = async (
  site: Site,
  logFolder: string,
  operand: string | undefined,
  options: Options,
  environment: Environment,
): Promise<void> => {
  const seconds = readSeconds(operand ?? DEFAULT_SECONDS);
  if (!(await site.stack.isUp())) throw new Failure(NOT_UP);
  // The first one of a process loads what it needs, for seconds on a busy machine: it is not of the time that is watched.
  await takeSample(site);
  const asJson = options['json'] === true;
  const isLive = !asJson && process.stdout.isTTY && environment['TERM'] !== 'dumb';
  const { everyMs, windowMs } = isLive ? LIVE : PLAIN;
  const history = new History(windowMs);
  const tally = new Tally();
  const tail = new LogTail(logFolder);
  tail.skip();
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const began = performance.now();
  const hasColors = (environment['NO_COLOR'] ?? '') === '';
  const elapsed = (): number => Math.min(seconds, (performance.now() - began) / 1_000);
  const output = isLive ? live(site, history, tally, { seconds, elapsed, hasColors }) : asJson ? json : plain;
  try {
    for await (const now of looksDuring(() => takeSample(site), { seconds, everyMs, signal: stop.signal })) {
      const fresh = tail.read().filter(({ level }) => level === 'ERROR' || level === 'FATAL');
      const snapshot = history.add(now, fresh);
      tally.add(now, snapshot);
      output.show(snapshot, fresh);
      if (!process.stdout.writable) break;
    }
  } finally {
    output.end();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  const summary = tally.summary();
  if (summary === undefined) return;
  print(asJson ? [JSON.stringify({ kind: 'summary', ...summary })] : describeSummary(summary));
};

const readSeconds = (text: string): number => {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= MOST_SECONDS) return seconds;
  throw new Failure(`"${text}" is no number of seconds (above 0, up to ${MOST_SECONDS})`, { exitCode: 2 });
};

const print = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};

const json: Output = { show: (snapshot) => print([JSON.stringify({ kind: 'snapshot', ...snapshot })]), end: () => {} };
const plain: Output = { show: (snapshot, fresh) => print(plainLines(snapshot, fresh)), end: () => {} };

type LiveView = Readonly<{ seconds: number; elapsed: () => number; hasColors: boolean }>;

const live = (site: Site, history: History, tally: Tally, { seconds, elapsed, hasColors }: LiveView): Output => {
  const terminal = new Terminal(process.stdout, hasColors);
  const errors: LogLine[] = [];
  terminal.enter();
  return {
    show: (snapshot, fresh) => {
      errors.push(...fresh);
      errors.splice(0, errors.length - ERRORS_KEPT);
      const view = {
        snapshot,
        points: { blue: history.points('blue'), green: history.points('green') },
        url: publicUrl(site),
        elapsedSeconds: elapsed(),
        totalSeconds: seconds,
        errors,
        errorLines: tally.errorLines,
      };
      terminal.draw((columns, rows) => screen(view, columns, rows));
    },
    end: () => terminal.leave(),
  };
};
