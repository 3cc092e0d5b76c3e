import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../services/conductor/config.js';
import { Failure, failureOf } from '../../services/conductor/failure.js';
import { fileLimit } from '../../services/conductor/processes.js';
import { RunDirectory } from '../../services/conductor/run-directory.js';
import { numeral } from '../../services/ledger/table.js';
import { processEnvironment, readCommand, type Environment } from './config.js';
import { findK6 } from './k6.js';
import { knock } from './knock.js';
import { outcomeLines } from './outcome.js';
import { page } from './page.js';
import { HELP } from './presets.js';
import { machineOf } from './result.js';
import { run } from './run.js';

/** The build that this is of, in its checkout. */
const dist = fileURLToPath(new URL('../..', import.meta.url));
const checkout = dirname(resolve(dist));
const CONDUCTOR = join(dist, 'services/conductor/main.js');
const FILES_BESIDE = 500;
/** While a deploy moves them, some have two connections. */
const FILES_PER_MOVED = 1.1;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const main = async (environment: Environment): Promise<number> => {
  const command = readCommand(process.argv.slice(2), environment);
  if (command.help) {
    say(HELP);
    return 0;
  }
  const { path, cache, runDir } = readConfig(environment);
  const k6 = findK6(path, cache);
  if (k6 === undefined) throw new Failure('k6 1.8 or a newer 1.x is needed: "make setup-loadtest" gets it');
  requireFiles(command.sockets, command.promote);
  const stack = new RunDirectory(runDir).remembered();
  if (command.promote && stack === undefined) {
    throw new Failure(`PROMOTE=1: no stack was started in RUN_DIR=${runDir}: "make dev-up" starts one`, {
      exitCode: 2,
    });
  }
  // Where none was started, or in containers, the port that it has by default.
  const host = command.host ?? `ws://127.0.0.1:${stack?.stack.HTTP_PORT ?? 80}`;
  await knock(host);
  const at = new Date().toISOString();
  const folder = join(
    resolve(command.reports ?? join(checkout, 'loadtest/reports')),
    `${at.replaceAll(':', '-').slice(0, 19)}-${command.sockets}`,
  );
  const { sockets, seconds, rate, scenarios } = command;
  say(`${numeral(sockets)} sockets at ${host} for ${seconds} s, ${numeral(rate)} messages/s: ${scenarios.join(', ')}`);
  const place = {
    k6,
    scripts: join(checkout, 'loadtest/k6'),
    folder,
    promote: [process.execPath, CONDUCTOR, 'promote'] as const,
    environment,
  };
  const ran = await run(host, command, { ...place, promote: [...place.promote] }, say, interruption());
  const result = { at, host, machine: machineOf(k6.version), settings: command, ...ran };
  writeFileSync(join(folder, 'summary.json'), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(join(folder, 'index.html'), page(result));
  for (const line of ['', ...outcomeLines(ran.outcome), `The report: ${join(folder, 'index.html')}`]) say(line);
  return ran.outcome.failures.length === 0 ? 0 : 1;
};

const requireFiles = (sockets: number, promote: boolean): void => {
  const needed = Math.ceil(sockets * (promote ? FILES_PER_MOVED : 1)) + FILES_BESIDE;
  if (fileLimit() >= needed) return;
  throw new Failure(
    `SOCKETS=${sockets} needs ${needed} open files in one process, and ${fileLimit()} are allowed here: "ulimit -n ${needed}" ` +
      'as root, or a line in /etc/security/limits.conf, before "make dev-up" and this',
    { exitCode: 2 },
  );
};

/** Ctrl-C ends k6, and a deploy, in order. */
const interruption = (): AbortSignal => {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => controller.abort(new Failure(`interrupted by ${signal}`)));
  }
  return controller.signal;
};

try {
  process.exitCode = await main(processEnvironment());
} catch (error) {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  process.stderr.write(`${failure.message}\n`);
  process.exitCode = failure.exitCode;
}
