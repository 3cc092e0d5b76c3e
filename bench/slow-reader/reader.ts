import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';

const Frame = z.object({
  type: z.string(),
  epoch: z.string().optional(),
  offset: z.number().optional(),
  recovered: z.boolean().optional(),
});
type Place = Readonly<{ epoch: string; offset: number }>;

const TOLD_WITHIN_MS = 30_000;
const ENOUGH = 100;

/** What one connection of the reader was told. */
export type Told = Readonly<{
  /** Of its `subscribed`. */
  recovered: boolean | undefined;
  /** Messages that came in order behind it; one that did not is in `gaps`. */
  messages: number;
  gaps: number;
  last: Place | undefined;
  /** Undefined: it is still open. */
  closeCode: number | undefined;
}>;

/** A client of one channel that keeps account of what it is told. */
export class Reader {
  readonly #socket: WebSocket;
  readonly #closed: Promise<unknown>;
  #told: Told = { recovered: undefined, messages: 0, gaps: 0, last: undefined, closeCode: undefined };
  #enough: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    this.#closed = once(socket, 'close').then(([code]: unknown[]) => {
      this.#told = { ...this.#told, closeCode: Number(code) };
    });
    socket.on('message', (text: Buffer) => this.#take(Frame.parse(JSON.parse(text.toString()))));
  }

  static async subscribe(url: string, channel: string, recover?: Place): Promise<Reader> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const reader = new Reader(socket);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe', channel, id: 's', ...(recover === undefined ? {} : { recover }) }));
    return reader;
  }

  get told(): Told {
    return this.#told;
  }

  /** Resolves when it was closed, or a while has passed. */
  async untilClosed(): Promise<Told> {
    await this.#within(this.#closed);
    return this.#told;
  }

  /** Resolves when it gets messages again, or a while has passed. */
  async untilServed(): Promise<Told> {
    await this.#within(new Promise<void>((resolve) => (this.#enough = resolve)));
    return this.#told;
  }

  leave(): void {
    this.#socket.terminate();
  }

  #take({ type, epoch, offset, recovered }: z.infer<typeof Frame>): void {
    if (epoch === undefined || offset === undefined) return;
    const { last, messages, gaps } = this.#told;
    if (type === 'subscribed') {
      // Recovered, it goes on behind the place that was given; the first message shows whether it does.
      this.#told = { ...this.#told, recovered, last: recovered === true ? last : { epoch, offset } };
    }
    if (type !== 'message') return;
    const isNext = last === undefined || offset === last.offset + 1;
    this.#told = { ...this.#told, messages: messages + 1, gaps: gaps + (isNext ? 0 : 1), last: { epoch, offset } };
    if (messages + 1 >= ENOUGH) this.#enough();
  }

  async #within(event: Promise<unknown>): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    await Promise.race([event, new Promise<void>((resolve) => (late = setTimeout(resolve, TOLD_WITHIN_MS)))]);
    clearTimeout(late);
  }
}
