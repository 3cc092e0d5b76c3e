import type { AckFrame, HistoryFrame, PresenceFrame, ReplyFrame, UnsubscribedFrame } from '../protocol/frames.js';
import { defer, type Deferred } from './deferred.js';
import { ConnectionLost, type ClientClosed, type Refused } from './errors.js';
import type { Leg } from './leg.js';

export type Answer = AckFrame | HistoryFrame | PresenceFrame | ReplyFrame | UnsubscribedFrame;

/** `again`: asked again on the next connection when this one ends, since to ask twice does no harm. */
type Request = Readonly<{ text: string; leg: Leg | undefined; again: boolean; answer: Deferred<Answer> }>;

/** Questions that wait for their answer. */
export class Requests {
  readonly #mintId: () => string;
  readonly #waiting = new Map<string, Request>();

  constructor(mintId: () => string) {
    this.#mintId = mintId;
  }

  /** Without a leg it waits for one. Rejects with Refused or ClientClosed. */
  ask(leg: Leg | undefined, frame: Readonly<Record<string, unknown>>): Promise<Answer> {
    return this.#ask(leg, frame, true);
  }

  /** Rejects with ConnectionLost when the leg ends before the answer, and with Refused and ClientClosed. */
  askHere(leg: Leg | undefined, frame: Readonly<Record<string, unknown>>): Promise<Answer> {
    return leg === undefined ? Promise.reject(new ConnectionLost('not connected')) : this.#ask(leg, frame, false);
  }

  carries(leg: Leg): void {
    for (const [id, request] of this.#waiting) {
      if (!request.again) continue;
      this.#waiting.set(id, { ...request, leg });
      leg.send(request.text);
    }
  }

  /** Whether an answer would be missed if this leg were left. */
  needs(leg: Leg): boolean {
    return [...this.#waiting.values()].some((request) => !request.again && request.leg === leg);
  }

  answered(id: string, frame: Answer): void {
    this.#take(id)?.answer.resolve(frame);
  }

  /** Whether it was one of these. */
  refused(id: string, refused: Refused): boolean {
    const request = this.#take(id);
    request?.answer.reject(refused);
    return request !== undefined;
  }

  ended(leg: Leg): void {
    for (const [id, request] of this.#waiting) {
      if (request.leg === leg && !request.again) this.#take(id)?.answer.reject(new ConnectionLost('no answer came'));
    }
  }

  closed(error: ClientClosed): void {
    for (const { answer } of this.#waiting.values()) answer.reject(error);
    this.#waiting.clear();
  }

  #ask(leg: Leg | undefined, frame: Readonly<Record<string, unknown>>, again: boolean): Promise<Answer> {
    const id = this.#mintId();
    const text = JSON.stringify({ ...frame, id });
    const answer = defer<Answer>();
    this.#waiting.set(id, { text, leg, again, answer });
    leg?.send(text);
    return answer.promise;
  }

  #take(id: string): Request | undefined {
    const request = this.#waiting.get(id);
    this.#waiting.delete(id);
    return request;
  }
}
