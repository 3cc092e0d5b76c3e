import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, type Environment } from './stack.js';

export const seeds = join(checkout, 'tests/seeds');

/** How long a client may take for its next line. */
const PATIENCE_MS = 30_000;

/** A printed client. The one thing changed in it is the address it connects to: `127.0.0.1:PORT`. */
export const seedClient = (file: string, address: string): string => {
  const printed = readFileSync(join(seeds, file), 'utf8');
  const text = printed.replaceAll('localhost:5900', address);
  if (text === printed) throw new Error(`${file} connects to no localhost:5900`);
  return text;
};

/** A printed client that runs, and all that it has said. */
export class SeedProcess {
  output = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  #look: () => void = () => undefined;

  constructor(command: string, words: readonly string[] = [], settings: Environment = {}) {
    this.#child = spawn(command, words, { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
    const take = (chunk: Buffer): void => {
      this.output += chunk.toString();
      this.#look();
    };
    this.#child.stdout?.on('data', take);
    this.#child.stderr?.on('data', take);
    this.#child.once('error', (error) => take(Buffer.from(String(error))));
    this.#closed = new Promise((resolve) => this.#child.once('close', () => resolve()));
  }

  /** Resolves when it has printed this, so many times. Rejects, with all that it said, when it ended or took too long. */
  prints(pattern: RegExp, times = 1): Promise<void> {
    const all = new RegExp(pattern, `${pattern.flags.replace('g', '')}g`);
    return new Promise((resolve, reject) => {
      const fail = (how: string): void =>
        reject(new Error(`${how} and had not printed ${pattern} ${times} times:\n${this.output}`));
      const late = setTimeout(() => fail(`${PATIENCE_MS} ms were over`), PATIENCE_MS);
      this.#look = () => {
        if ([...this.output.matchAll(all)].length < times) return;
        clearTimeout(late);
        resolve();
      };
      this.#look();
      void this.#closed.then(() => {
        clearTimeout(late);
        fail('it ended');
      });
    });
  }

  /** Ends this process, no other, and resolves when it is gone. */
  async end(): Promise<void> {
    this.#child.kill();
    await this.#closed;
  }
}

/** A Python that has what the printed client imports; scripts/setup.sh looks in the same places. */
export const findPython = (): string => {
  const pythons = ['/usr/bin/python3', 'python3'];
  const found = pythons.find((python) => spawnSync(python, ['-c', 'import websockets']).status === 0);
  if (found === undefined) {
    throw new Error('no python3 has websockets: the test needs the package "python3-websockets" (make setup)');
  }
  return found;
};
