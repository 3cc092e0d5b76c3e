import { WebSocket } from 'ws';
import { decodeServerFrame } from '../../services/protocol/decode-server.js';
import type { JsonValue, ServerFrame } from '../../services/protocol/frames.js';
import type { ChannelHearing } from './channel-hearing.js';
import type { Acked, Participant, Watcher } from './participant.js';
import { Unacked } from './unacked.js';

export type PlainClientOptions = Readonly<{
  /** With the path of the endpoint, `/ws` or `/ws/chat/`. */
  url: string;
  name: string;
  subscriptions: readonly ChannelHearing[];
  watcher: Watcher;
}>;

const HANDSHAKE_MS = 3_000;
/** Heartbeats are a second apart here: one that is silent for so long is given up. */
const SILENCE_MS = 3_500;
const BACK_OFF = { minMs: 100, maxMs: 2_000 };
/** Everything else tells the client to stay away, which nothing here gives a reason for. */
const COME_BACK_CODES: ReadonlySet<number> = new Set([1000, 1001, 1005, 1006, 1012, 1013, 4408, 4413]);

/**
 * A client as plain as the protocol allows, written after docs/PROTOCOL.md and sharing nothing with the client library: it
 * ignores `system.reconnect`, comes back when it is closed, and recovers by hand (`/ws`) or is brought forward by the
 * server (`/ws/chat/`).
 */
export class PlainClient implements Participant {
  readonly name: string;
  readonly #options: PlainClientOptions;
  readonly #unacked: Unacked;
  #socket: WebSocket | undefined;
  #session: string | undefined;
  #welcomed = false;
  #attempt = 0;
  #watchdog: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #closed = false;
  #onLive: () => void = () => {};

  constructor(options: PlainClientOptions) {
    this.name = options.name;
    this.#options = options;
    this.#unacked = new Unacked(options.name, (text) => this.#send(text));
    this.#open();
  }

  get isLive(): boolean {
    return this.#welcomed && this.#options.subscriptions.every(({ isLive }) => isLive);
  }

  get state(): string {
    if (this.#closed) return 'closed';
    if (this.isLive) return 'live';
    return this.#welcomed ? 'subscribing' : 'connecting';
  }

  async ready(): Promise<void> {
    if (!this.isLive) await new Promise<void>((resolve) => (this.#onLive = resolve));
  }

  publish(channel: string, data: JsonValue): Promise<Acked> {
    return this.#unacked.add(channel, data, this.isLive);
  }

  close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#watchdog);
    clearTimeout(this.#again);
    this.#socket?.close(1000);
    return Promise.resolve();
  }

  #open(): void {
    const query = new URLSearchParams({ client_id: this.name });
    if (this.#session !== undefined) query.set('session', this.#session);
    const url = `${this.#options.url}?${query.toString()}`;
    const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: HANDSHAKE_MS });
    this.#socket = socket;
    for (const subscription of this.#options.subscriptions) subscription.begin();
    socket.on('message', (data: Buffer) => this.#hear(socket, data.toString()));
    socket.on('ping', () => this.#lives(socket));
    // The close that follows says all that counts.
    socket.on('error', () => {});
    socket.on('close', (code, reason: Buffer) => this.#ended(socket, code, reason.toString()));
    this.#lives(socket);
  }

  #lives(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      this.#options.watcher.note(this.name, 'hears nothing: gives the connection up');
      socket.terminate();
    }, SILENCE_MS);
  }

  #ended(socket: WebSocket, code: number, reason: string): void {
    if (socket !== this.#socket || this.#closed) return;
    clearTimeout(this.#watchdog);
    const { watcher } = this.#options;
    watcher.note(this.name, `${this.#welcomed ? 'closed' : 'not let in'}: ${code} ${reason}`);
    if (!COME_BACK_CODES.has(code))
      watcher.wrong(`${this.name} was closed with ${code} ${reason}: it may not come back`);
    this.#welcomed = false;
    this.#socket = undefined;
    const wait = Math.random() * Math.min(BACK_OFF.maxMs, BACK_OFF.minMs * 2 ** this.#attempt);
    this.#attempt += 1;
    this.#again = setTimeout(() => this.#open(), wait);
  }

  #send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  #hear(socket: WebSocket, text: string): void {
    if (socket !== this.#socket) return;
    this.#lives(socket);
    const decoded = decodeServerFrame(text);
    if (decoded.ok) this.#accept(decoded.frame);
    else if (decoded.code !== 'unknown_type')
      this.#options.watcher.wrong(`${this.name} got no frame: ${text.slice(0, 200)}`);
  }

  #accept(frame: ServerFrame): void {
    const { watcher, subscriptions } = this.#options;
    switch (frame.type) {
      case 'system.welcome':
        this.#welcomed = true;
        this.#session = frame.session_id;
        watcher.note(this.name, `on ${frame.color}-${frame.worker}${frame.resumed ? ', resumed' : ''}`);
        for (const subscription of subscriptions) {
          const request = subscription.welcomed(frame.resumed);
          if (request !== undefined) this.#send(request);
        }
        return;
      case 'subscribed':
        for (const subscription of subscriptions) subscription.subscribed(frame);
        if (!this.isLive) return;
        this.#attempt = 0;
        this.#unacked.resend();
        this.#onLive();
        return;
      case 'message':
        if ('offset' in frame) for (const subscription of subscriptions) subscription.heard(frame);
        return;
      case 'ack':
        this.#unacked.acked(frame);
        return;
      case 'error':
        if (frame.id === undefined || !this.#unacked.refused(frame.id, frame.code)) {
          watcher.note(this.name, `error ${frame.code}: ${frame.message}`);
          // A subscribe that Redis could not answer: from the start again.
          this.#socket?.close(1000);
        }
        return;
      default:
    }
  }
}
