import type { WebSocket } from 'uWebSockets.js';
import type { Handshake, Socket, SocketHandler } from './socket.js';

/** What uWebSockets.js keeps per socket. `handler` and `socket` are set in `open`, before any other event. */
export type UserData = { readonly handshake: Handshake; socket?: UwsSocket; handler?: SocketHandler };

const BUFFERED = 0;

/** A `Socket` on uWebSockets.js, which throws when a socket is touched after it closed: this one does nothing then. */
export class UwsSocket implements Socket {
  #ws: WebSocket<UserData> | undefined;
  readonly #directLimitBytes: number;
  readonly #overflowed: () => void;

  /** @param directLimitBytes more waiting bytes than this after a direct send call `overflowed` */
  constructor(ws: WebSocket<UserData>, directLimitBytes: number, overflowed: () => void) {
    this.#ws = ws;
    this.#directLimitBytes = directLimitBytes;
    this.#overflowed = overflowed;
  }

  send(text: string): void {
    const ws = this.#ws;
    if (ws === undefined) return;
    if (ws.send(text) !== BUFFERED && ws.getBufferedAmount() === 0) return;
    if (ws.getBufferedAmount() > this.#directLimitBytes) this.#overflowed();
  }

  ping(payload: string): void {
    this.#ws?.ping(payload);
  }

  cork(write: () => void): void {
    this.#ws?.cork(write);
  }

  join(topic: string): void {
    this.#ws?.subscribe(topic);
  }

  leave(topic: string): void {
    this.#ws?.unsubscribe(topic);
  }

  close(code: number, reason: string): void {
    this.#ws?.end(code, reason);
  }

  get bufferedBytes(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  /** The socket is gone: from here on nothing may touch it. */
  detach(): void {
    this.#ws = undefined;
  }
}
