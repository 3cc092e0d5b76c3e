import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { Failure, isErrno } from '../../failure.js';
import { dockerTrouble, shortOf } from './docker-trouble.js';

type Environment = Readonly<Record<string, string>>;
type More = Readonly<{ environment?: Environment; input?: string }>;
type Printed = Readonly<{ out: string; err: string }>;

/** `say` gets a line each `lineMs` of what takes that long; what a daemon answers at once may take `answerMs`. */
export type Patience = Readonly<{ say?: (line: string) => void; lineMs?: number; answerMs?: number }>;

const LINE_MS = 30_000;
const ANSWER_MS = 60_000;
/** What only looks, or changes one thing: a daemon that does not answer it is ill. What pulls, builds, starts or stops takes its time. */
const AT_ONCE: ReadonlySet<string> = new Set(['version', 'ps', 'inspect', 'image', 'exec', 'kill', 'top', 'logs']);

/** The command line of Docker: whatever the conductor does with containers, a person can repeat. */
export class Docker {
  readonly #folder: string;
  readonly #environment: Environment;
  readonly #patience: Required<Patience>;

  /** @param folder where it finds compose.yml, and what images are built from */
  constructor(folder: string, environment: Environment, patience: Patience = {}) {
    this.#folder = folder;
    this.#environment = environment;
    this.#patience = { say: () => {}, lineMs: LINE_MS, answerMs: ANSWER_MS, ...patience };
  }

  /** Returns what it printed. @throws {Failure} with what it said */
  async run(words: readonly string[], more: More = {}): Promise<string> {
    return (await this.both(words, more)).out;
  }

  /** The same with what it wrote to standard error. @throws {Failure} */
  async both(words: readonly string[], { environment = {}, input = '' }: More = {}): Promise<Printed> {
    const child = spawn('docker', words, {
      cwd: this.#folder,
      env: { ...this.#environment, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => reject(startTrouble(error)));
      child.once('close', resolve);
    });
    // One that ends early reads no input.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const waiting = this.#wait(words, () => child.kill('SIGKILL'));
    try {
      const printed = Promise.all([ended, text(child.stdout), text(child.stderr)]);
      const [code, out, err] = await Promise.race([printed, waiting.tooLong]);
      if (code === 0) return { out: out.trimEnd(), err: err.trimEnd() };
      throw new Failure(dockerTrouble(words, err));
    } finally {
      waiting.end();
    }
  }

  /** Tells who waits that it lasts; what should be answered at once is given up. */
  #wait(words: readonly string[], giveUp: () => void): Readonly<{ tooLong: Promise<never>; end: () => void }> {
    const { say, lineMs, answerMs } = this.#patience;
    const began = performance.now();
    const seconds = (): number => Math.round((performance.now() - began) / 1_000);
    const lines = setInterval(() => say(`    ${shortOf(words)}: ${seconds()} s so far`), lineMs);
    let limit: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      if (!AT_ONCE.has(words[0] ?? '')) return;
      limit = setTimeout(() => {
        giveUp();
        reject(new Failure(`the Docker daemon does not answer: ${shortOf(words)} was given up after ${seconds()} s`));
      }, answerMs);
    });
    const end = (): void => {
      clearInterval(lines);
      clearTimeout(limit);
    };
    return { tooLong, end };
  }
}

const startTrouble = (error: Error): Failure =>
  isErrno(error, 'ENOENT')
    ? new Failure('there is no docker on this machine', { cause: error })
    : new Failure(`docker can't be run: ${error.message}`, { cause: error });
