import type { AckFrame, JsonValue } from '../../services/protocol/frames.js';
import { RefusedPublish, type Acked } from './participant.js';

type Waiting = Readonly<{ text: string; resolve: (acked: Acked) => void; reject: (error: Error) => void }>;

const AGAIN_MS = 200;
/** The outcome is unknown, or there was none: the same id asks again [once-1]. */
const ASK_AGAIN: ReadonlySet<string> = new Set(['unavailable', 'overloaded', 'internal']);

/** The publishes of a plain client that were not acked yet, in their order; each is sent with its id until it is. */
export class Unacked {
  readonly #name: string;
  readonly #send: (text: string) => void;
  readonly #waiting = new Map<string, Waiting>();
  #count = 0;

  constructor(name: string, send: (text: string) => void) {
    this.#name = name;
    this.#send = send;
  }

  /** @param now it can be sent at once; else `resend` does it */
  add(channel: string, data: JsonValue, now: boolean): Promise<Acked> {
    this.#count += 1;
    const id = `${this.#name}-${this.#count}`;
    const text = JSON.stringify({ type: 'publish', channel, data, id });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { text, resolve, reject });
      if (now) this.#send(text);
    });
  }

  /** On a new connection, before anything new. */
  resend(): void {
    for (const { text } of this.#waiting.values()) this.#send(text);
  }

  acked({ id, epoch, offset, duplicate }: AckFrame): void {
    if (id === undefined || epoch === undefined || offset === undefined) return;
    this.#take(id)?.resolve({ epoch, offset, duplicate: duplicate === true });
  }

  /** False: it is about no publish of ours. */
  refused(id: string, code: string): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return false;
    if (ASK_AGAIN.has(code)) setTimeout(() => this.#waiting.has(id) && this.#send(waiting.text), AGAIN_MS);
    else this.#take(id)?.reject(new RefusedPublish(code));
    return true;
  }

  #take(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
