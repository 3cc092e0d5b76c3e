import { Absences } from './absences.js';
import { RecentDelivery } from './recent-delivery.js';

/** What befell the probes so far, counted as it happens. */
export class Mishaps {
  handshakesRefused = 0;
  /** Error frames that answered a publish. */
  errorFrames = 0;
  /** Publishes that stayed refused: each had one of those error frames. */
  publishesRefused = 0;
  /** Came back with their session, and got another one. */
  resumeFailures = 0;
  /** A `subscribed` with `recovered` false that was not the first. */
  resets = 0;
  /** WebSockets that ended without the probe's own will, and not with 1012. */
  unexpectedCloses = 0;
  /** Closed with 1012, at the deadline of a move that was not done by then. */
  lateMoves = 0;
  /** The times in which a probe was without a connection. */
  readonly absences = new Absences();
  readonly recent = new RecentDelivery();
  readonly #onTrouble: (words: string) => void;

  constructor(onTrouble: (words: string) => void = () => {}) {
    this.#onTrouble = onTrouble;
  }

  /** Refused, and in no outcome of a publication: handshakes, and publishes that were taken when sent again. */
  get refusedOnTheWay(): number {
    return this.handshakesRefused + Math.max(0, this.errorFrames - this.publishesRefused);
  }

  trouble(words: string): void {
    this.#onTrouble(words);
  }
}
