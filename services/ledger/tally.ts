import { Latencies } from './latencies.js';
import { RecentDelivery } from './recent-delivery.js';

/** What befell the probes so far, counted as it happens. */
export class Tally {
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
  /** How often a probe was without a connection. */
  away = 0;
  /** How long each of these times was, once it was over. */
  readonly awayMs = new Latencies();
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
