import { WebSocket } from 'ws';
import { decodeServerFrame } from '../../services/protocol/decode-server.js';

type Pending = Readonly<{ channel: string; data: string; id: string }>;

/** Between two handshakes that failed. */
const BACK_OFF_MS = 20;

/**
 * Publishes at a steady rate and keeps account: what was not acked when its connection went is sent again on the
 * next one, with its id, before anything new.
 */
export class Publisher {
  /** Acked offsets, by channel. */
  readonly acked = new Map<string, number[]>();
  /** `error` frames by code. */
  readonly errors = new Map<string, number>();
  sent = 0;
  refused = 0;
  readonly #url: string;
  readonly #name: string;
  readonly #pending = new Map<string, Pending>();
  #socket: WebSocket | undefined;
  #session: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #onChange: () => void = () => {};

  constructor(url: string, name: string) {
    this.#url = url;
    this.#name = name;
    this.#open();
  }

  /** @param perSecond messages a second, over the channels in turn */
  start(channels: readonly string[], perSecond: number): void {
    this.#timer = setInterval(() => {
      const channel = channels[this.sent % channels.length] ?? '';
      this.sent += 1;
      const message = { channel, data: `${this.#name} ${this.sent}`, id: `${this.#name}-${this.sent}` };
      this.#pending.set(message.id, message);
      this.#send(message);
    }, 1_000 / perSecond);
  }

  /** Stops, and resolves when everything sent has been acked. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    await new Promise<void>((resolve) => {
      this.#onChange = () => this.#pending.size === 0 && resolve();
      this.#onChange();
    });
    this.#ended = true;
    this.#socket?.close(1000);
  }

  #send({ channel, data, id }: Pending): void {
    if (this.#session !== undefined && this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ type: 'publish', channel, data, id }));
    }
  }

  #open(): void {
    const query = this.#session === undefined ? '' : `?session=${this.#session}`;
    const socket = new WebSocket(`${this.#url}/ws${query}`, { perMessageDeflate: false });
    this.#socket = socket;
    let welcomed = false;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      const decoded = decodeServerFrame(data.toString());
      if (!decoded.ok) throw new Error(`not a frame: ${data.toString()}`);
      const { frame } = decoded;
      if (frame.type === 'system.welcome') {
        welcomed = true;
        this.#session = frame.session_id;
        for (const message of this.#pending.values()) this.#send(message);
      } else if (frame.type === 'ack' && frame.id !== undefined) {
        const message = this.#pending.get(frame.id);
        if (message === undefined) return;
        this.#pending.delete(frame.id);
        this.acked.set(message.channel, [...(this.acked.get(message.channel) ?? []), frame.offset ?? 0]);
        this.#onChange();
      } else if (frame.type === 'error') {
        this.errors.set(frame.code, (this.errors.get(frame.code) ?? 0) + 1);
        const message = frame.id === undefined ? undefined : this.#pending.get(frame.id);
        if (message !== undefined) setTimeout(() => this.#send(message), BACK_OFF_MS);
      }
    });
    socket.on('close', () => {
      if (!welcomed) this.refused += 1;
      if (!this.#ended) setTimeout(() => this.#open(), welcomed ? 0 : BACK_OFF_MS);
    });
  }
}
