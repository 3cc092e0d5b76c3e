import { WebSocket } from 'ws';
import { decodeServerFrame } from '../../services/protocol/decode-server.js';
import type { ServerFrame } from '../../services/protocol/frames.js';

type Place = Readonly<{ epoch: string; offset: number }>;

/** Between two handshakes that were refused. */
const BACK_OFF_MS = 20;

/**
 * A client as plain as the protocol allows on `/ws`: it connects again as soon as it is closed, with its session, and
 * recovers its channel from the last offset it saw. It keeps account of every promise that concerns it.
 */
export class RecoveringClient {
  readonly offsets: number[] = [];
  readonly closeCodes: number[] = [];
  readonly colors: string[] = [];
  /** Handshakes that failed. */
  refused = 0;
  /** `subscribed` with `recovered` false after the first one. */
  reloads = 0;
  readonly #url: string;
  readonly #channel: string;
  #socket: WebSocket | undefined;
  #session: string | undefined;
  #position: Place | undefined;
  #ended = false;
  readonly #watchers = new Set<() => void>();
  /** Publishes that were not acked yet, by id: sent again on the next connection. */
  readonly #unacked = new Map<string, string>();

  private constructor(url: string, channel: string) {
    this.#url = url;
    this.#channel = channel;
  }

  /** Resolves when it is subscribed. */
  static async connect(url: string, channel: string): Promise<RecoveringClient> {
    const client = new RecoveringClient(url, channel);
    client.#open();
    await client.when(() => client.#position !== undefined);
    return client;
  }

  /** Waits until something holds; it is looked at after every frame and every close. */
  when(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  get lost(): number {
    const { first, last } = this.#range();
    return this.offsets.length === 0 ? 0 : last - first + 1 - new Set(this.offsets).size;
  }

  get duplicated(): number {
    return this.offsets.length - new Set(this.offsets).size;
  }

  get outOfOrder(): number {
    return this.offsets.filter((offset, index) => index > 0 && offset < (this.offsets[index - 1] ?? 0)).length;
  }

  get lastOffset(): number {
    return this.offsets.at(-1) ?? 0;
  }

  publish(data: string, id: string): void {
    const text = JSON.stringify({ type: 'publish', channel: this.#channel, data, id });
    this.#unacked.set(id, text);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  get unacked(): number {
    return this.#unacked.size;
  }

  end(): void {
    this.#ended = true;
    this.#socket?.close(1000);
  }

  #changed(): void {
    for (const look of this.#watchers) look();
  }

  #range(): Readonly<{ first: number; last: number }> {
    return { first: this.offsets[0] ?? 0, last: this.offsets.at(-1) ?? 0 };
  }

  #open(): void {
    const query = this.#session === undefined ? '' : `?session=${this.#session}`;
    const socket = new WebSocket(`${this.#url}/ws${query}`, { perMessageDeflate: false });
    this.#socket = socket;
    let welcomed = false;
    socket.on('message', (data: Buffer) => {
      const decoded = decodeServerFrame(data.toString());
      if (!decoded.ok) throw new Error(`not a frame: ${data.toString()}`);
      welcomed ||= decoded.frame.type === 'system.welcome';
      this.#accept(socket, decoded.frame);
    });
    socket.on('error', () => {});
    socket.on('close', (code) => {
      if (!welcomed) this.refused += 1;
      this.closeCodes.push(code);
      this.#changed();
      if (!this.#ended) setTimeout(() => this.#open(), welcomed ? 0 : BACK_OFF_MS);
    });
  }

  #accept(socket: WebSocket, frame: ServerFrame): void {
    switch (frame.type) {
      case 'system.welcome':
        this.#session = frame.session_id;
        this.colors.push(frame.color);
        socket.send(
          JSON.stringify({ type: 'subscribe', channel: this.#channel, recover: this.#position, id: 'subscribe' }),
        );
        break;
      case 'subscribed':
        if (this.#position !== undefined && !frame.recovered) this.reloads += 1;
        if (this.#position === undefined || !frame.recovered) this.#position = placeOf(frame);
        for (const text of this.#unacked.values()) socket.send(text);
        break;
      case 'ack':
        if (frame.id !== undefined) this.#unacked.delete(frame.id);
        break;
      case 'message':
        if ('offset' in frame) {
          this.offsets.push(frame.offset);
          this.#position = placeOf(frame);
        }
        break;
      default:
    }
    this.#changed();
  }
}

const placeOf = ({ epoch, offset }: Place): Place => ({ epoch, offset });

/** What a client that nothing happened to looks like. */
export const unharmed = (client: RecoveringClient) => ({
  lost: client.lost,
  duplicated: client.duplicated,
  outOfOrder: client.outOfOrder,
  refused: client.refused,
  reloads: client.reloads,
});
export const NOTHING_HAPPENED = { lost: 0, duplicated: 0, outOfOrder: 0, refused: 0, reloads: 0 };
