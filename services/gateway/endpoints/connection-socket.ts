import type { Outlet } from '../hub/subscriber.js';
import type { Metrics } from '../observability/metrics.js';
import type { Socket } from '../transport/socket.js';
import type { AckHolder, Acks } from './acks.js';

/** The socket of one connection; counts what is sent to it alone. */
export class ConnectionSocket implements Outlet, AckHolder {
  readonly #socket: Socket;
  readonly #metrics: Metrics;
  readonly #acks: Acks;
  #ack: string | undefined;
  #sent = 0;

  constructor(socket: Socket, metrics: Metrics, acks: Acks) {
    this.#socket = socket;
    this.#metrics = metrics;
    this.#acks = acks;
  }

  /** Messages sent so far, without those that topics brought. */
  get sent(): number {
    return this.#sent;
  }

  send(text: string): void {
    this.release();
    this.#pass(text);
  }

  /** With the other acks of the turn, and before anything else that is sent here. */
  sendAck(text: string): void {
    if (this.#ack === undefined) this.#acks.add(this);
    else this.release();
    this.#ack = text;
  }

  /** Sends the ack that it holds. */
  release(): void {
    const ack = this.#ack;
    if (ack === undefined) return;
    this.#ack = undefined;
    this.#pass(ack);
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
    this.release();
    this.#socket.close(code, reason);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes;
  }

  #pass(text: string): void {
    this.#socket.send(text);
    this.#sent += 1;
    this.#metrics.frameSent();
  }
}
