import { WebSocket } from 'ws';
import { decodeServerFrame } from '../../protocol/decode-server.js';
import { encodeClientFrame } from '../../protocol/encode.js';
import type { ClientFrame, ServerFrame, WelcomeFrame } from '../../protocol/frames.js';
import { Failure } from '../failure.js';

type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;

const ANSWER_MS = 5_000;

/** The address of a WebSocket endpoint at an `http:` place. */
export const socketUrl = ({ url }: Readonly<{ url: string }>, path: string): string =>
  `${url.replace(/^http/, 'ws')}${path}`;

/** A WebSocket client for smoke tests: sends frames, and waits for the next frame of a type. */
export class Probe {
  readonly welcome: WelcomeFrame;
  readonly #socket: WebSocket;
  readonly #inbox: Inbox;

  private constructor(socket: WebSocket, inbox: Inbox, welcome: WelcomeFrame) {
    this.#socket = socket;
    this.#inbox = inbox;
    this.welcome = welcome;
  }

  /**
   * @param headers of the handshake, such as the stack's own
   * @throws {Failure} when there is no welcome within `withinMs`
   */
  static async open(
    url: string,
    headers: Readonly<Record<string, string>>,
    withinMs: number = ANSWER_MS,
  ): Promise<Probe> {
    const socket = new WebSocket(url, { handshakeTimeout: withinMs, perMessageDeflate: false, headers });
    const inbox = new Inbox(socket, new URL(url).pathname);
    try {
      return new Probe(socket, inbox, await inbox.next('system.welcome', withinMs));
    } catch (error) {
      socket.terminate();
      throw error;
    }
  }

  send(frame: ClientFrame): void {
    this.#socket.send(encodeClientFrame(frame));
  }

  /**
   * The next frame of this type, with the others of its kind still to come in order.
   * @throws {Failure} when an error or a close comes instead, or nothing within `withinMs`
   */
  next<T extends ServerFrame['type']>(type: T, withinMs = ANSWER_MS): Promise<FrameOf<T>> {
    return this.#inbox.next(type, withinMs);
  }

  close(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(1000);
    else this.#socket.terminate();
  }
}

type Waiting = Readonly<{ type: string; take: (frame: ServerFrame) => void; fail: (error: Error) => void }>;

class Inbox {
  readonly #path: string;
  #frames: ServerFrame[] = [];
  #waiting: Waiting | undefined;
  #end: Failure | undefined;

  constructor(socket: WebSocket, path: string) {
    this.#path = path;
    socket.on('message', (data: Buffer) => this.#accept(data.toString('utf8')));
    socket.on('error', (error) => this.#finish(`${path} failed: ${error.message}`));
    socket.on('close', (code, reason) => this.#finish(`${path} was closed with ${code} ${reason.toString('utf8')}`));
  }

  async next<T extends ServerFrame['type']>(type: T, withinMs: number): Promise<FrameOf<T>> {
    const isWanted = (frame: ServerFrame): frame is FrameOf<T> => frame.type === type;
    const found = this.#frames.find(isWanted);
    if (found !== undefined) {
      this.#frames = this.#frames.filter((frame) => frame !== found);
      return found;
    }
    const arrived = await this.#wait(type, withinMs);
    if (!isWanted(arrived)) throw new Failure(`${this.#path}: waited for ${type}, got ${describe(arrived)}`);
    return arrived;
  }

  #wait(type: string, withinMs: number): Promise<ServerFrame> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = undefined;
        reject(new Failure(`${this.#path}: no ${type} within ${withinMs / 1_000} s`));
      }, withinMs);
      this.#waiting = {
        type,
        take: (frame) => {
          clearTimeout(timer);
          resolve(frame);
        },
        fail: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
    });
  }

  #accept(text: string): void {
    const decoded = decodeServerFrame(text);
    if (!decoded.ok) {
      this.#finish(`${this.#path}: not a frame (${decoded.message}): ${text.slice(0, 200)}`);
      return;
    }
    const waiting = this.#waiting;
    if (waiting === undefined || (decoded.frame.type !== waiting.type && decoded.frame.type !== 'error')) {
      this.#frames.push(decoded.frame);
      return;
    }
    this.#waiting = undefined;
    waiting.take(decoded.frame);
  }

  #finish(message: string): void {
    this.#end ??= new Failure(message);
    this.#waiting?.fail(this.#end);
    this.#waiting = undefined;
  }
}

const describe = (frame: ServerFrame): string =>
  frame.type === 'error' ? `the error ${frame.code}: ${frame.message}` : frame.type;
