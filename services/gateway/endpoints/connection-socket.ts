import type { Outlet } from '../hub/subscriber.js';
import type { Metrics } from '../observability/metrics.js';
import type { Socket } from '../transport/socket.js';

/** The socket of one connection; counts what is sent to it alone. */
export class ConnectionSocket implements Outlet {
  readonly #socket: Socket;
  readonly #metrics: Metrics;
  #sent = 0;

  constructor(socket: Socket, metrics: Metrics) {
    this.#socket = socket;
    this.#metrics = metrics;
  }

  /** Messages sent so far, without those that topics brought. */
  get sent(): number {
    return this.#sent;
  }

  send(text: string): void {
    this.#socket.send(text);
    this.#sent += 1;
    this.#metrics.frameSent();
  }

  /** WebSocket ping. */
  ping(payload: string): void {
    this.#socket.ping(payload);
  }

  cork(write: () => void): void {
    this.#socket.cork(write);
  }

  join(topic: string): void {
    this.#socket.join(topic);
  }

  leave(topic: string): void {
    this.#socket.leave(topic);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes;
  }
}
