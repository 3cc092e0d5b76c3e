import { setTimeout as sleep } from 'node:timers/promises';

/** What a benchmark came to: what to print, and each bound that did not hold. */
export type Judgement = Readonly<{ lines: readonly string[]; failures: readonly string[] }>;

export const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Prints it. 0: every bound held; else 1. */
export const told = ({ lines, failures }: Judgement): number => {
  for (const line of lines) say(line);
  for (const failure of failures) say(`FAILED: ${failure}`);
  return failures.length === 0 ? 0 : 1;
};

/** Waits so many ms, until SIGINT or SIGTERM, after which everything that was begun is ended in order. @throws Error then */
export const interruptiblePause = (): ((ms: number) => Promise<void>) => {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => interrupt.abort(new Error(`interrupted by ${signal}`)));
  }
  return async (ms) => {
    await sleep(ms, undefined, { signal: interrupt.signal }).catch(() => {});
    interrupt.signal.throwIfAborted();
  };
};

/** Runs a benchmark as a program. Exit code: what it resolves with; 2 with a word on stderr where it could not be run. */
export const runVerb = async (main: () => Promise<number>): Promise<void> => {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
};
