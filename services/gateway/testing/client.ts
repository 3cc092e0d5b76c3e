import { WebSocket } from 'ws';
import { decodeServerFrame } from '../../protocol/decode-server.js';
import type { MessageFrame, ServerFrame } from '../../protocol/frames.js';

/** `message` means one of a channel. */
export type FrameOf<Type extends ServerFrame['type']> = Type extends 'message'
  ? MessageFrame
  : Extract<ServerFrame, { type: Type }>;

type Waiter = Readonly<{ wanted: (frame: ServerFrame) => boolean; resolve: (frame: ServerFrame) => void }>;

export type Closed = Readonly<{ code: number; reason: string }>;

const PATIENCE_MS = 30_000;

/** A WebSocket client for tests: every frame is kept, and can be awaited by type, in order. */
export class TestClient {
  readonly socket: WebSocket;
  /** All frames so far, oldest first. */
  readonly frames: ServerFrame[] = [];
  readonly closed: Promise<Closed>;
  #unread: ServerFrame[] = [];
  #waiters: Waiter[] = [];

  constructor(
    url: string,
    options: { protocols?: string[]; headers?: Record<string, string>; autoPong?: boolean } = {},
  ) {
    this.socket = new WebSocket(url, options.protocols ?? [], {
      headers: options.headers ?? {},
      autoPong: options.autoPong ?? true,
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.socket.on('message', (data: Buffer) => this.#take(data.toString()));
  }

  /** Resolves when the handshake succeeded. Rejects with the HTTP status when it was refused. */
  static async connect(url: string, options: ConstructorParameters<typeof TestClient>[1] = {}): Promise<TestClient> {
    const client = new TestClient(url, options);
    await new Promise<void>((resolve, reject) => {
      client.socket.once('open', resolve);
      client.socket.once('error', reject);
    });
    return client;
  }

  /** The next unread frame of this type (that fits); those before it stay unread. */
  next<Type extends ServerFrame['type']>(
    type: Type,
    fits: (frame: FrameOf<Type>) => boolean = () => true,
  ): Promise<FrameOf<Type>> {
    return this.#unreadFrame(
      type,
      (frame): frame is ServerFrame & FrameOf<Type> =>
        frame.type === type && !('to' in frame) && fits(frame as FrameOf<Type>),
    );
  }

  /** The answer to a frame with this id, whichever it is. */
  answer(id: string): Promise<FrameOf<'ack'> | FrameOf<'error'>> {
    return this.#unreadFrame(
      `answer to ${id}`,
      (frame): frame is FrameOf<'ack'> | FrameOf<'error'> =>
        (frame.type === 'ack' || frame.type === 'error') && frame.id === id,
    );
  }

  /** All frames of a type so far. */
  all<Type extends ServerFrame['type']>(type: Type): FrameOf<Type>[] {
    return this.frames.filter((frame): frame is ServerFrame & FrameOf<Type> => frame.type === type);
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Publishes and resolves with the ack. */
  publish(channel: string, data: unknown, id = `p${Math.random()}`): Promise<FrameOf<'ack'>> {
    const acked = this.next('ack', (frame) => frame.id === id);
    this.send({ type: 'publish', channel, data, id });
    return acked;
  }

  subscribe(channel: string, recover?: Readonly<{ epoch: string; offset: number }>): Promise<FrameOf<'subscribed'>> {
    const id = `s${Math.random()}`;
    const subscribed = this.next('subscribed', (frame) => frame.id === id);
    this.send({ type: 'subscribe', channel, id, ...(recover === undefined ? {} : { recover }) });
    return subscribed;
  }

  /** Resolves when everything sent so far has been handled: frames of one connection take effect in order. */
  async settle(): Promise<void> {
    const id = `q${Math.random()}`;
    this.send({ type: 'system.ping', id });
    await this.next('system.pong', (frame) => frame.id === id);
  }

  close(code = 1000): Promise<Closed> {
    this.socket.close(code);
    return this.closed;
  }

  #unreadFrame<Wanted extends ServerFrame>(
    what: string,
    isWanted: (frame: ServerFrame) => frame is Wanted,
  ): Promise<Wanted> {
    const index = this.#unread.findIndex(isWanted);
    if (index >= 0) {
      const [found] = this.#unread.splice(index, 1);
      if (found !== undefined && isWanted(found)) return Promise.resolve(found);
    }
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        const seen = this.frames.slice(-20).map((frame) => frame.type);
        reject(new Error(`no ${what} within ${PATIENCE_MS} ms; the last frames: ${seen.join(', ')}`));
      }, PATIENCE_MS);
      this.#waiters.push({
        wanted: isWanted,
        resolve: (frame) => {
          clearTimeout(late);
          if (isWanted(frame)) resolve(frame);
        },
      });
    });
  }

  #take(text: string): void {
    const decoded = decodeServerFrame(text);
    if (!decoded.ok) throw new Error(`the server sent what is no frame (${decoded.message}): ${text.slice(0, 200)}`);
    const { frame } = decoded;
    this.frames.push(frame);
    const index = this.#waiters.findIndex(({ wanted }) => wanted(frame));
    if (index < 0) this.#unread.push(frame);
    else this.#waiters.splice(index, 1)[0]?.resolve(frame);
  }
}
