import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  FromCrowd,
  type CrowdFigures,
  type CrowdOptions,
  type CrowdResult,
  type ToCrowd,
  type Window,
} from '../../ledger/crowd/messages.js';
import { Failure } from '../failure.js';

const PROGRAM = fileURLToPath(new URL('../../ledger/crowd/process.js', import.meta.url));

type Kind = FromCrowd['kind'];
type Said<K extends Kind> = Extract<FromCrowd, { kind: K }>;

/**
 * The crowd in a process of its own: its work must not delay the conductor's, nor the conductor's its clocks. It ends
 * with this process, however that ends.
 */
export class LoadProcess {
  readonly #child: ChildProcess;
  readonly #onOpening: (open: number, total: number) => void;
  #waiting: Readonly<{ settle: (message: FromCrowd) => void; fail: (error: Error) => void }> | undefined;
  #over: Failure | undefined;
  /** The newest that it told of itself. */
  figures: CrowdFigures | undefined;

  private constructor(onOpening: (open: number, total: number) => void) {
    this.#onOpening = onOpening;
    this.#child = fork(PROGRAM, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (message) => this.#hear(FromCrowd.parse(message)));
    this.#child.on('error', (error) => this.#end(`the load process could not be started: ${error.message}`));
    this.#child.on('exit', (code, signal) => this.#end(`the load process ended by itself (${signal ?? code ?? ''})`));
  }

  /** Resolves when all its clients are subscribed and it publishes. @throws {Failure} */
  static async open(
    options: CrowdOptions,
    signal: AbortSignal,
    onOpening: (open: number, total: number) => void,
  ): Promise<LoadProcess> {
    const load = new LoadProcess(onOpening);
    try {
      await load.#ask({ kind: 'open', options }, 'open', signal);
      return load;
    } catch (error) {
      load.kill();
      throw error;
    }
  }

  /** @throws {Failure} */
  async finish(windows: readonly Window[], timeoutMs: number, signal: AbortSignal): Promise<CrowdResult> {
    const { result } = await this.#ask({ kind: 'finish', windows: [...windows], timeoutMs }, 'result', signal);
    return result;
  }

  /** Idempotent. */
  kill(): void {
    this.#over ??= new Failure('the load process was ended');
    this.#child.kill('SIGKILL');
  }

  async #ask<K extends Kind>(message: ToCrowd, answer: K, signal: AbortSignal): Promise<Said<K>> {
    signal.throwIfAborted();
    const isAnswer = (said: FromCrowd): said is Said<K> => said.kind === answer;
    const said = await new Promise<FromCrowd>((settle, fail) => {
      if (this.#over !== undefined) {
        fail(this.#over);
        return;
      }
      signal.addEventListener('abort', () => fail(new Failure('interrupted')), { once: true });
      this.#waiting = { settle, fail };
      this.#child.send(message);
    });
    if (!isAnswer(said)) throw new Failure(`the load process said "${said.kind}", not "${answer}"`);
    return said;
  }

  #hear(message: FromCrowd): void {
    switch (message.kind) {
      case 'opening':
        this.#onOpening(message.open, message.total);
        return;
      case 'figures':
        this.figures = message.figures;
        return;
      case 'failed':
        this.#waiting?.fail(new Failure(message.words));
        return;
      case 'open':
      case 'result':
        this.#waiting?.settle(message);
        return;
    }
    message satisfies never;
  }

  #end(words: string): void {
    this.#over ??= new Failure(words);
    this.#waiting?.fail(this.#over);
  }
}
