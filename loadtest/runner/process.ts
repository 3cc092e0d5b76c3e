import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

export type Ending = number | NodeJS.Signals;
export type Started = Readonly<{
  /** Its exit code, or what killed it. */
  ended: Promise<Ending>;
  interrupt: () => void;
}>;

/** Starts a program whose output goes into a file, and to `onLine` line by line. */
export const start = (
  command: readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv,
  output: string,
  onLine: (line: string) => void,
): Started => {
  const [program, ...words] = command;
  const file = createWriteStream(output);
  // A process group of its own: Ctrl-C in the terminal is for us, and we end what we started.
  const child = spawn(program, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      file.write(text);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
  }
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      file.end(() => resolve(code ?? signal ?? 1));
    });
  });
  return { ended, interrupt: () => void child.kill('SIGINT') };
};
