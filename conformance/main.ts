// WebSocket conformance by the cases of the Autobahn test suite, against the echo endpoint of a private stack: of a worker
// directly, and through nginx. `make conformance`. Its reports stay in artifacts/conformance. Ends with 1 when a case failed.
import { join } from 'node:path';
import { PrivateStack } from '../bench/private-stack.js';
import { readConfig } from './config.js';
import { chosenCases, failedCases, summary } from './results.js';
import { Suite } from './suite.js';

const REPORTS = 'artifacts/conformance';
const ECHO = '/ws/echo';
const PROGRESS_MS = 30_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

type Way = Readonly<{ name: string; words: string; url: string }>;

/** Resolves with the number of cases that failed, when its table is printed. */
const runWay = async (
  { name, words, url }: Way,
  suite: Suite,
  cases: readonly string[],
  signal: AbortSignal,
): Promise<number> => {
  const report = join(REPORTS, name);
  let ran = 0;
  let shownAt = performance.now();
  const began = (id: string): void => {
    ran += 1;
    if (performance.now() - shownAt < PROGRESS_MS) return;
    shownAt = performance.now();
    say(`${words}: case ${id}, ${ran} of ${cases.length}`);
  };
  const results = await suite.run(url.replace(/^http/, 'ws') + ECHO, cases, report, began, signal);
  const failed = failedCases(cases, results);
  for (const line of [`${words}:`, ...summary(cases, results).map((row) => `  ${row}`)]) say(line);
  say(failed.length === 0 ? '  no case failed' : `  FAILED: ${failed.join(' ')}`);
  say(`  report: ${report}/index.html`);
  return failed.length;
};

const main = async (root: string, interrupted: AbortSignal): Promise<number> => {
  const { cases: wanted, minutes } = readConfig();
  const suite = new Suite(root);
  const cases = chosenCases(suite.cases, wanted);
  const stack = await PrivateStack.up({ ECHO_ENDPOINT: 'true', COMPRESSION: 'true' });
  try {
    say(`${cases.length} cases, of a worker directly and through nginx at once, at most ${minutes} min …`);
    const signal = AbortSignal.any([interrupted, AbortSignal.timeout(minutes * 60_000)]);
    const failures = await Promise.all([
      runWay({ name: 'direct', words: 'Directly', url: stack.workerUrl }, suite, cases, signal),
      runWay({ name: 'nginx', words: 'Through nginx', url: stack.url }, suite, cases, signal),
    ]);
    interrupted.throwIfAborted();
    return failures.every((count) => count === 0) ? 0 : 1;
  } finally {
    await stack.down();
  }
};

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => interrupt.abort(new Error(`interrupted by ${signal}`)));
}
const [root] = process.argv.slice(2);
try {
  if (root === undefined) throw new Error('where the suite is: scripts/conformance.sh says it');
  process.exitCode = await main(root, interrupt.signal);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
