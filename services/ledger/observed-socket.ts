import { WebSocket, type ClientOptions } from 'ws';
import type { WebSocketLike } from '../client/options.js';

/** Sees the texts of one WebSocket, before whoever uses it. */
export interface Wire {
  sent(text: string): void;
  received(text: string): void;
}

type MessageListener = (event: Readonly<{ data: unknown }>) => void;
type CloseListener = (event: Readonly<{ code: number; reason: string }>) => void;
type Listening =
  | readonly [kind: 'open' | 'error', listener: () => void]
  | readonly [kind: 'message', listener: MessageListener]
  | readonly [kind: 'close', listener: CloseListener];

/** A socket of the package `ws` for the client library, with options of the handshake, and watched. */
export class ObservedSocket implements WebSocketLike {
  readonly #socket: WebSocket;
  readonly #wire: Wire;
  readonly #onMessage: MessageListener[] = [];

  constructor(url: string, protocols: readonly string[], options: ClientOptions, wire: Wire) {
    this.#wire = wire;
    this.#socket = new WebSocket(url, [...protocols], { ...options, perMessageDeflate: false });
    this.#socket.on('error', () => {});
    this.#socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      wire.received(text);
      for (const listener of this.#onMessage) listener({ data: text });
    });
  }

  addEventListener(kind: 'open' | 'error', listener: () => void): void;
  addEventListener(kind: 'message', listener: MessageListener): void;
  addEventListener(kind: 'close', listener: CloseListener): void;
  addEventListener(...[kind, listener]: Listening): void {
    switch (kind) {
      case 'open':
      case 'error':
        this.#socket.on(kind, () => listener());
        return;
      case 'message':
        this.#onMessage.push(listener);
        return;
      case 'close':
        this.#socket.on('close', (code, reason) => listener({ code, reason: reason.toString('utf8') }));
        return;
    }
    kind satisfies never;
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  send(text: string): void {
    this.#wire.sent(text);
    this.#socket.send(text);
  }

  close(code?: number): void {
    this.#socket.close(code);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}
