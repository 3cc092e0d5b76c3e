// Input that means harm, by a seed, against one real worker with a real Redis: `make fuzz SEED=1 MINUTES=10`. Ends with 1 when
// something was found. CASE=N sends one case of that seed alone, and shows it.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateRedis } from '../bench/private-redis.js';
import { readConfig, type Config } from './config.js';
import type { Finding } from './findings.js';
import { caseOf, type FuzzCase } from './fuzz-case.js';
import { FuzzRun, MEMORY_MIB, type Outcome, type RunOptions } from './run.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const WARM_UP_SHARE = 0.1;
const MOST_WARM_UP_MS = 60_000;
const SHOWN_CHARACTERS = 300;

const hexOf = ({ pieces }: FuzzCase): string => pieces.map((piece) => piece.toString('hex')).join('\n');

/** Its words, and under it each input that it may have come from; the inputs whole in a file. */
const tell = ({ what, cases }: Finding, folder: string): void => {
  say(`FOUND: ${what}`);
  for (const one of cases) {
    const file = join(folder, `case-${one.seed}-${one.number}.hex`);
    writeFileSync(file, `${hexOf(one)}\n`);
    const shown = Buffer.concat(one.pieces).toString('latin1').slice(0, SHOWN_CHARACTERS);
    say(`  ${one.kind}: SEED=${one.seed} CASE=${one.number} make fuzz; its bytes: ${file}`);
    say(`    ${JSON.stringify(shown)}`);
  }
};

const verdict = ({ cases, counts, findings, served, notServed, memory }: Outcome, seed: number): void => {
  const rows = [...counts].sort(([one], [other]) => one.localeCompare(other));
  for (const [kind, count] of rows) say(`  ${kind.padEnd(36)}${String(count).padStart(9)}`);
  say(`  ${'together'.padEnd(36)}${String(cases).padStart(9)}`);
  say(`Clients that did nothing wrong: ${served} served, ${notServed} not`);
  say(
    `Memory of the worker at rest: ${memory.before.toFixed(1)} MiB before, ${memory.after.toFixed(1)} MiB after (at most ${MEMORY_MIB} more)`,
  );
  if (findings.length === 0) say(`Nothing found. Seed ${seed}.`);
  else {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-fuzz-'));
    for (const finding of findings) tell(finding, folder);
    say(`${findings.length} findings. Seed ${seed}.`);
  }
};

const main = async (config: Config, signal: AbortSignal): Promise<number> => {
  const { seed, minutes, case: only, path } = config;
  const redis = await startPrivateRedis();
  try {
    const durationMs = minutes * 60_000;
    const warmUpMs = Math.min(MOST_WARM_UP_MS, durationMs * WARM_UP_SHARE);
    const options: RunOptions = { seed, durationMs, warmUpMs, redisUrl: redis.url, path, signal, progress: say };
    if (only !== undefined) {
      const findings = await FuzzRun.repeat(options, only);
      for (const finding of findings) say(`FOUND: ${finding.what}`);
      say(hexOf(caseOf(seed, only)));
      return findings.length === 0 ? 0 : 1;
    }
    say(`Seed ${seed}, ${minutes} min, behind ${(warmUpMs / 1_000).toFixed(0)} s to warm up`);
    const outcome = await FuzzRun.do(options);
    verdict(outcome, seed);
    return outcome.findings.length === 0 ? 0 : 1;
  } finally {
    await redis.stop();
  }
};

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt.abort());
try {
  process.exitCode = await main(readConfig(), interrupt.signal);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
