import { encodeServerFrame } from '../../../protocol/encode.js';
import type { ServerFrame } from '../../../protocol/frames.js';
import type { Outlet } from '../../hub/subscriber.js';
import type { Metrics } from '../../observability/metrics.js';
import type { Socket } from '../../transport/socket.js';

/** A socket that speaks frames, and counts them. */
export class FrameSocket implements Outlet {
  readonly #socket: Socket;
  readonly #metrics: Metrics;

  constructor(socket: Socket, metrics: Metrics) {
    this.#socket = socket;
    this.#metrics = metrics;
  }

  send(text: string): void {
    this.#socket.send(text);
    this.#metrics.frameSent();
  }

  sendFrame(frame: ServerFrame): void {
    this.send(encodeServerFrame(frame));
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
