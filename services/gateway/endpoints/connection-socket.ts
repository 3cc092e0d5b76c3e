import type { Outlet } from '../hub/subscriber.js';
import type { Metrics } from '../observability/metrics.js';
import type { Socket } from '../transport/socket.js';
import type { AnswerHolder, Answers } from './answers.js';

/** The socket of one connection; counts what is sent to it alone. */
export class ConnectionSocket implements Outlet, AnswerHolder {
  readonly #socket: Socket;
  readonly #metrics: Metrics;
  readonly #answers: Answers;
  #answer: string | undefined;
  #sent = 0;

  constructor(socket: Socket, metrics: Metrics, answers: Answers) {
    this.#socket = socket;
    this.#metrics = metrics;
    this.#answers = answers;
  }

  /** Messages sent so far, without those that topics brought. */
  get sent(): number {
    return this.#sent;
  }

  send(text: string): void {
    this.release();
    this.#pass(text);
  }

  /** With the answers to others, in this turn of the event loop, and before anything else that is sent here. */
  answer(text: string): void {
    if (this.#answer === undefined) this.#answers.add(this);
    else this.release();
    this.#answer = text;
  }

  /** Sends the answer that it holds. */
  release(): void {
    const answer = this.#answer;
    if (answer === undefined) return;
    this.#answer = undefined;
    this.#pass(answer);
  }

  /** WebSocket ping. */
  ping(payload: string): void {
    this.release();
    this.#socket.ping(payload);
  }

  cork(write: () => void): void {
    this.#socket.cork(write);
  }

  join(topic: string): void {
    // What the topic brings goes past this class.
    this.release();
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
