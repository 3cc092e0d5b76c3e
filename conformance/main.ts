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

const main = async (root: string, interrupted: AbortSignal): Promise<number> => {
  const { cases: wanted, minutes } = readConfig();
  const suite = new Suite(root);
  const cases = chosenCases(suite.cases, wanted);
  const stack = await PrivateStack.up({ ECHO_ENDPOINT: 'true', COMPRESSION: 'true', LOG_LEVEL: 'warn' });
  let failures = 0;
  try {
    for (const [way, url] of [
      ['direct', stack.workerUrl],
      ['nginx', stack.url],
    ] as const) {
      say(
        `${cases.length} cases ${way === 'direct' ? 'of a worker directly' : 'through nginx'}, at most ${minutes} min …`,
      );
      const report = join(REPORTS, way);
      const signal = AbortSignal.any([interrupted, AbortSignal.timeout(minutes * 60_000)]);
      let ran = 0;
      let shownAt = performance.now();
      const began = (name: string): void => {
        ran += 1;
        if (performance.now() - shownAt < PROGRESS_MS) return;
        shownAt = performance.now();
        say(`  case ${name}, ${ran} of ${cases.length}`);
      };
      const results = await suite.run(url.replace(/^http/, 'ws') + ECHO, cases, report, began, signal);
      interrupted.throwIfAborted();
      for (const line of summary(cases, results)) say(`  ${line}`);
      const failed = failedCases(cases, results);
      failures += failed.length;
      say(failed.length === 0 ? '  no case failed' : `  FAILED: ${failed.join(' ')}`);
      say(`  report: ${report}/index.html`);
    }
  } finally {
    await stack.down();
  }
  return failures === 0 ? 0 : 1;
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
