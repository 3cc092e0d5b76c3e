import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** What a command came to. Times in ms, but `seconds`: how long it took, with what it waited for at its end. */
const Answer = z.object({
  seconds: z.number(),
  sent: z.number(),
  answered: z.number(),
  delivered: z.number(),
  expected: z.number(),
  failed: z.number(),
  refused: z.number(),
  lost: z.number(),
  closed: z.number(),
  moved: z.number(),
  opened: z.number(),
  p50: z.number(),
  p99: z.number(),
  most: z.number(),
  cpuSeconds: z.number(),
});
export type Answer = Readonly<z.infer<typeof Answer>>;

/** A process of the load client with connections to one or more ports, in turn. */
export class LoadClient {
  readonly #child: ChildProcess;
  readonly #answers: ((answer: Answer) => void)[] = [];
  readonly #ended: Promise<never>;

  constructor(program: string, ports: readonly number[], { path = '/ws', hasWelcome = true } = {}) {
    this.#child = spawn(program, [path, hasWelcome ? '1' : '0', ...ports.map(String)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#ended = new Promise((_, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code) => reject(new Error(`the load client ended with ${code}: it says why above`)));
    });
    // Who asks is told; between two questions nobody is.
    this.#ended.catch(() => {});
    if (this.#child.stdout === null) throw new Error('the load client has no output');
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#answers.shift()?.(Answer.parse(JSON.parse(line)));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** One after the other. @throws Error when it ended */
  ask(command: string): Promise<Answer> {
    const answered = new Promise<Answer>((resolve) => this.#answers.push(resolve));
    this.#child.stdin?.write(`${command}\n`);
    return Promise.race([answered, this.#ended]);
  }

  /** Ends a `pace` before its time; it answers with what it did. */
  halt(): void {
    this.#child.stdin?.write('stop\n');
  }

  /** @throws Error when some did not open */
  async connect(count: number, atOnce = 256): Promise<Answer> {
    const answer = await this.ask(`connect ${count} ${atOnce}`);
    if (answer.failed > 0) throw new Error(`${answer.failed} of ${count} connections were not opened`);
    return answer;
  }

  async subscribe(count: number, channels: number, prefix: string): Promise<Answer> {
    await this.ask(`channels ${channels} ${prefix}`);
    const answer = await this.ask(`subscribe ${count}`);
    if (answer.failed > 0) throw new Error(`${answer.failed} of ${count} connections could not subscribe`);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
