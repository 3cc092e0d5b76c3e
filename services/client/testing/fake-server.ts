import type { WebSocketLike } from '../options.js';

type Frame = Readonly<Record<string, unknown>>;

/** A socket whose other end is the test: it sees what was sent and says what comes. */
export class FakeSocket implements WebSocketLike {
  /** Frames from the client, parsed, oldest first. */
  readonly sent: Frame[] = [];
  /** As of a platform's socket: 1 open, 2 closing, 3 closed. */
  readyState = 1;
  closedWith: number | undefined;
  readonly #listeners = new Map<string, ((event: never) => void)[]>();

  constructor(
    readonly url: URL,
    readonly protocols: readonly string[],
  ) {}

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(text: string): void {
    if (this.readyState !== 1) throw new Error('WebSocket is already in CLOSING or CLOSED state.');
    this.sent.push(JSON.parse(text) as Frame);
  }

  /** As a server that is there: it answers at once. */
  close(code = 1005): void {
    this.closedWith ??= code;
    this.end(code);
  }

  /** The server says this. */
  say(frame: Frame | string): void {
    this.#emit('message', { data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }

  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.#emit('close', { code, reason });
    this.#listeners.clear();
  }

  welcome(fields: Frame = {}): this {
    this.say({
      type: 'system.welcome',
      protocol: 1,
      session_id: SESSION,
      connection_id: '00000000-0000-4000-8000-000000000001',
      client_id: 'ada',
      resumed: this.url.searchParams.has('session'),
      message_count: 0,
      color: 'blue',
      worker: '1',
      heartbeat_interval: 30,
      time: '2026-11-23T10:30:00.000Z',
      ...fields,
    });
    return this;
  }

  /** Of this type, oldest first. */
  all(type: string): Frame[] {
    return this.sent.filter((frame) => frame['type'] === type);
  }

  /** Answers a subscribe to a channel, the newest one or the n-th of this socket. */
  subscribed(channel: string, offset: number, recovered: boolean, { epoch = 'e1', n = -1 } = {}): void {
    const { id } =
      this.all('subscribe')
        .filter((frame) => frame['channel'] === channel)
        .at(n) ?? {};
    this.say({ type: 'subscribed', id, channel, epoch, offset, recovered });
  }

  messages(channel: string, offsets: readonly number[], epoch = 'e1'): void {
    for (const offset of offsets) {
      const time = '2026-11-23T10:30:00.000Z';
      this.say({ type: 'message', channel, epoch, offset, from: 'bob', data: offset, time });
    }
  }

  /** Acks the n-th publish of this socket. */
  ack(n: number, offset: number, fields: Frame = {}): void {
    const { id, channel } = this.all('publish')[n] ?? {};
    this.say({ type: 'ack', id, channel, epoch: 'e1', offset, message_count: offset, ...fields });
  }

  #emit(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}

export const SESSION = '5f0c0000-0000-4000-8000-000000000000';

/** Makes sockets for a client, and keeps them. */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];

  readonly webSocket = (url: string, protocols: readonly string[]): FakeSocket => {
    const socket = new FakeSocket(new URL(url), protocols);
    this.sockets.push(socket);
    return socket;
  };

  /** The newest one. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('the client has not connected');
    return socket;
  }
}
