import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';

const Frame = z.object({ type: z.string(), offset: z.number().optional() });

const PAUSE_MS = 50;
/** A busy machine is no failure; a worker that hangs is one. */
const SERVED_WITHIN_MS = 10_000;

/**
 * One client after the other that does nothing wrong, for as long as the fuzzer works: each connects, subscribes to a channel
 * of its own, publishes, and must get the ack and its message.
 */
export class CleanClients {
  readonly #url: string;
  readonly #failures: string[] = [];
  readonly #done: Promise<void>;
  #served = 0;
  #stopped = false;

  constructor(port: number) {
    this.#url = `ws://127.0.0.1:${port}/ws`;
    this.#done = this.#keepComing();
  }

  get served(): number {
    return this.#served;
  }

  /** What went wrong, in words, oldest first. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Resolves when the last one has been served. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#done;
  }

  async #keepComing(): Promise<void> {
    while (!this.#stopped) {
      const failure = await this.#visit(`clean:${this.#served % 10}`);
      if (failure === undefined) this.#served += 1;
      else this.#failures.push(failure);
      await sleep(PAUSE_MS);
    }
  }

  /** Undefined: it was served. */
  #visit(channel: string): Promise<string | undefined> {
    const socket = new WebSocket(this.#url, { perMessageDeflate: false });
    const seen: string[] = [];
    return new Promise((resolve) => {
      const over = (failure: string | undefined): void => {
        clearTimeout(late);
        socket.terminate();
        resolve(failure);
      };
      const late = setTimeout(
        () => over(`not served within ${SERVED_WITHIN_MS / 1000} s: got ${seen.join(', ') || 'nothing'}`),
        SERVED_WITHIN_MS,
      );
      const say = (frame: object): void => socket.send(JSON.stringify(frame));
      socket.on('open', () => say({ type: 'subscribe', channel, id: 'subscribe' }));
      socket.on('message', (text: Buffer) => {
        const { type } = Frame.parse(JSON.parse(text.toString()));
        seen.push(type);
        if (type === 'subscribed') say({ type: 'publish', channel, data: 'clean', id: 'publish' });
        if (seen.includes('ack') && seen.includes('message')) over(undefined);
      });
      socket.on('close', (code) => over(`closed with ${code} after ${seen.join(', ') || 'nothing'}`));
      socket.on('error', (error) => over(error.message));
    });
  }
}
