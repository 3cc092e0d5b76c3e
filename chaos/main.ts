import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../services/conductor/failure.js';
import { readCommand, type Config } from './config.js';
import { FAULTS } from './faults/faults.js';
import { Notes } from './notes.js';
import { ChaosRun, type Outcome } from './run.js';
import { firstRound, wordsOf } from './schedule.js';
import { ChaosStack } from './stack.js';
import { Tally } from './tally.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED = 130;
/** dist/chaos/main.js */
const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Runs work that takes down what it started, whatever happens; the first signal makes it end early, and so does a defect. */
const interruptible = async (work: (signal: AbortSignal) => Promise<number>): Promise<number> => {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    print(
      controller.signal.aborted ? 'Still taking the stack down; it is bounded.' : `${signal}: taking the stack down …`,
    );
    controller.abort();
  };
  let defect: unknown;
  const onDefect = (error: unknown): void => {
    print(
      `A defect of the suite or of the client library: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
    );
    defect ??= error;
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('uncaughtException', onDefect).on('unhandledRejection', onDefect);
  try {
    const code = await work(controller.signal);
    if (defect !== undefined) return 1;
    return controller.signal.aborted ? INTERRUPTED : code;
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
};

const chaos = async (config: Config, signal: AbortSignal): Promise<number> => {
  const { seed, minutes, once, faults, bug } = config;
  const length = once ? 'every kind of fault once' : `${minutes} min`;
  print(`Seed ${seed}, ${length}${bug === undefined ? '' : `, with the bug ${bug}`}. It begins with:`);
  for (const [index, blow] of firstRound(seed, faults).entries())
    print(`  ${String(index + 1).padStart(2)}. ${wordsOf(blow)}`);
  const dist = join(CHECKOUT, 'dist');
  const runDir = mkdtempSync(join(tmpdir(), 'switchyard-chaos-'));
  const stack = await ChaosStack.prepare({ checkout: CHECKOUT, dist, runDir, path: config.path, bug }).catch(
    (error: unknown) => {
      rmSync(runDir, { recursive: true, force: true });
      throw error;
    },
  );
  const notes = new Notes(stack.logs);
  const tally = new Tally(
    print,
    faults.map(({ name }) => name),
  );
  const wrong: string[] = [];
  let run: ChaosRun | undefined;
  let outcome: Outcome | undefined;
  try {
    await stack.up(signal);
    tally.say(`the stack is up (${stack.runDir})`);
    run = new ChaosRun(stack, { seed, once, faults, budgetMs: minutes * 60_000 }, notes, tally, signal);
    outcome = await run.do();
    wrong.push(...outcome.wrong);
  } catch (error) {
    wrong.push(messageOf(error));
  }
  const left = await stack.close();
  if (left.length > 0) wrong.push(`processes were left over and had to be killed: ${left.join(', ')}`);
  if (outcome !== undefined && !signal.aborted) for (const line of tally.table(outcome.judgement)) print(line);
  const isGood = wrong.length === 0 || signal.aborted;
  if (isGood && !config.keep) {
    stack.remove();
  } else {
    if (run !== undefined) notes.writeBooks(run.books);
    stack.keepLogs();
  }
  print('');
  if (!isGood) for (const words of wrong) print(words);
  if (!isGood || config.keep) print(`Logs and records: ${stack.logs}`);
  if (isGood) print(signal.aborted ? 'Interrupted; nothing is left of it.' : `Good. ${tally.coverage}. Seed ${seed}.`);
  else print(`Wrong. Once more with the same faults: ${repeat(config)}`);
  return isGood ? 0 : 1;
};

const repeat = ({ seed, minutes, once, faults, bug }: Config): string =>
  [
    `scripts/chaos.sh --seed ${seed}`,
    once ? '--once' : `--minutes ${minutes}`,
    ...(faults.length === FAULTS.length ? [] : [`--only ${faults.map(({ name }) => name).join(',')}`]),
    ...(bug === undefined ? [] : [`--bug ${bug}`]),
  ].join(' ');

const command = readCommand(process.argv.slice(2));
switch (command.kind) {
  case 'help':
    print(command.text);
    break;
  case 'wrong':
    process.stderr.write(`${command.text}\n`);
    process.exitCode = 2;
    break;
  case 'run':
    // Sockets and timers of clients that were given up must not keep it alive.
    process.exit(await interruptible((signal) => chaos(command.config, signal)));
    break;
  default:
    command satisfies never;
}
