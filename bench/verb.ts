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

const onInterruption = (act: (error: Error) => void): void => {
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => act(new Error(`interrupted by ${name}`)));
};

/** Aborted by SIGINT or SIGTERM, after which everything that was begun is ended in order. */
export const interruption = (): AbortSignal => {
  const controller = new AbortController();
  onInterruption((error) => controller.abort(error));
  return controller.signal;
};

/** Never resolves. Rejects by an interruption, for who races with it. */
export const interrupted = (): Promise<never> => {
  const rejected = new Promise<never>((_, reject) => onInterruption(reject));
  // Between two races nobody waits for it.
  rejected.catch(() => {});
  return rejected;
};

/** Waits so many ms, until an interruption. @throws Error then */
export const interruptiblePause = (): ((ms: number) => Promise<void>) => {
  const signal = interruption();
  return async (ms) => {
    await sleep(ms, undefined, { signal }).catch(() => {});
    signal.throwIfAborted();
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
