import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Tally } from './plain-client.js';

const Snapshot = z.object({
  type: z.literal('Snapshot'),
  requests_total: z.number(),
  requests_success: z.number(),
  requests_error: z.number(),
});
type Totals = Omit<z.infer<typeof Snapshot>, 'type'>;

/** A client of `/ws/metrics` that connects again at once whenever it is closed, and passes on every Snapshot's totals. */
export class StreamWatcher {
  readonly #url: string;
  readonly #tally: Tally;
  readonly #note: (totals: Totals) => void;
  #socket: WebSocket;
  #ended = false;
  #waiting: ((totals: Totals) => void)[] = [];

  constructor(url: string, tally: Tally, note: (totals: Totals) => void) {
    this.#url = url;
    this.#tally = tally;
    this.#note = note;
    this.#socket = this.#connect();
  }

  /** The first Snapshot of a connection made now: the cluster is looked at after this call. */
  async next(): Promise<Totals> {
    await this.#settled();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#socket.close(1000);
    });
  }

  /** Resolves when it is closed. Idempotent. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#settled();
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close(1000);
    await closed;
  }

  /** A handshake that is given up may have been counted, or not. */
  async #settled(): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState !== WebSocket.CONNECTING) return;
    await new Promise<void>((resolve) => {
      socket.once('open', resolve);
      socket.once('close', () => resolve());
    });
  }

  #connect(): WebSocket {
    const socket = new WebSocket(this.#url, { perMessageDeflate: false });
    let isFirst = true;
    socket.on('error', () => {});
    socket.on('open', () => {
      this.#tally.add('opened');
      this.#tally.add('succeeded');
    });
    socket.on('unexpected-response', () => {
      this.#tally.add('failed');
      socket.terminate();
    });
    socket.on('message', (data: Buffer) => {
      this.#tally.add('received');
      const parsed = Snapshot.safeParse(JSON.parse(data.toString()));
      if (!parsed.success) return;
      const { type: _type, ...totals } = parsed.data;
      this.#note(totals);
      if (isFirst) for (const resolve of this.#waiting.splice(0)) resolve(totals);
      isFirst = false;
    });
    socket.on('close', () => {
      if (!this.#ended) this.#socket = this.#connect();
    });
    return socket;
  }
}
