import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Book } from './book.js';
import { isClean, type Verdict } from './check.js';
import { now, timeOf } from './clock.js';
import { openPaced } from './opening.js';
import { OwnLoad, type Load } from './own-load.js';
import { Publisher } from './publisher.js';
import { Subscriber } from './subscriber.js';
import { Mishaps } from './mishaps.js';
import { hasMoved } from './whereabouts.js';
import type { Target } from './watched-client.js';

export type LedgerOptions = Readonly<{
  /** `ws://host:port` of nginx; the probes connect to /ws. */
  url: string;
  /** Of every handshake, such as the stack's own `Authorization`, which keeps probes out of the metrics. */
  headers?: Readonly<Record<string, string>>;
  /** Spread over the channels. */
  subscribers: number;
  /** On each side. */
  publishers: number;
  /** No more than there are subscribers. */
  channels: number;
  /** Publications a second. */
  ratePerPublisher: number;
  /** Hears of each mishap of a probe, in words, when it happens. */
  onTrouble?: (words: string) => void;
}>;

/** So far. Whatever is not zero among them, `published` and `deliveryP99Ms` apart, no probe should have seen. */
export type LedgerFigures = Readonly<{
  published: number;
  /** Publishes, also those that were taken when sent again. */
  refused: number;
  handshakesRefused: number;
  resumeFailures: number;
  resets: number;
  unexpectedCloses: number;
  /** Of the last two seconds, in ms. */
  deliveryP99Ms: number;
  /** How often a probe was without a connection. */
  away: number;
}>;

export type LedgerResult = Readonly<{
  /** `isClean` in check.ts says of what. */
  clean: boolean;
  verdict: Verdict;
  figures: LedgerFigures;
  /** Publishes that were neither acked nor refused when the time was over. */
  unanswered: number;
  /** Of the process of the probes, which is the conductor's: how busy it was, and how late its event loop. */
  load: Load;
  startedAt: string;
  endedAt: string;
  /** `moved`: of the subscribers, those that were served by more than one color. */
  probes: Readonly<{
    subscribers: number;
    moved: number;
    publishers: number;
    channels: number;
    ratePerPublisher: number;
  }>;
}>;

const OPEN_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Proves a deploy: probes publish and listen through nginx while it runs, every acked publication and every delivery is
 * recorded, and `finish` says what became of them. docs/LEDGER.md
 */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #target: Target;
  readonly #channels: readonly string[];
  readonly #book = new Book();
  readonly #mishaps: Mishaps;
  readonly #subscribers: Subscriber[] = [];
  readonly #publishers: Publisher[] = [];
  readonly #load = new OwnLoad();
  readonly #startedAt = timeOf(now());

  private constructor(options: LedgerOptions) {
    this.#options = options;
    this.#target = { url: options.url, headers: options.headers ?? {} };
    this.#mishaps = new Mishaps(options.onTrouble);
    const run = randomBytes(4).toString('hex');
    // One to which nobody listens would prove nothing.
    const channels = Math.min(options.channels, options.subscribers);
    this.#channels = Array.from({ length: channels }, (_, index) => `ledger:${run}:${index + 1}`);
  }

  /**
   * Resolves when every subscriber is subscribed and the publishers of the first side publish.
   * @throws {Error} in words, when they are not within ten seconds; nothing stays open then
   */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const ledger = new Ledger(options);
    try {
      await ledger.#openSubscribers();
      await ledger.#openPublishers();
      return ledger;
    } catch (error) {
      await ledger.abort();
      throw error;
    }
  }

  /**
   * As many publishers again: new connections land on the color that gets them by now. Refused handshakes are counted.
   * @throws {Error} in words, when they are not welcomed within ten seconds
   */
  openSecondSide(): Promise<void> {
    return this.#openPublishers();
  }

  figures(): LedgerFigures {
    const { handshakesRefused, resumeFailures, resets, unexpectedCloses, absences, errorFrames, recent } =
      this.#mishaps;
    return {
      published: this.#book.publications.length,
      refused: errorFrames,
      handshakesRefused,
      resumeFailures,
      resets,
      unexpectedCloses,
      deliveryP99Ms: recent.p99(now()),
      away: absences.count,
    };
  }

  /**
   * Stops publishing, waits until every acked publication has arrived at every subscriber or the time is over, closes
   * the probes and decides.
   */
  async finish(timeoutMs: number): Promise<LedgerResult> {
    for (const publisher of this.#publishers) publisher.stop();
    const figures = this.figures();
    const verdict = await this.#settle(performance.now() + timeoutMs);
    const { unanswered } = this.#book;
    await this.abort();
    const { subscribers, ratePerPublisher } = this.#options;
    const channels = this.#channels.length;
    const moved = this.#book.accounts.filter((account) => hasMoved(account)).length;
    return {
      clean: isClean(verdict, unanswered),
      verdict,
      figures: { ...this.figures(), deliveryP99Ms: figures.deliveryP99Ms },
      unanswered,
      load: this.#load.end(),
      startedAt: this.#startedAt,
      endedAt: timeOf(now()),
      probes: { subscribers, moved, publishers: this.#publishers.length, channels, ratePerPublisher },
    };
  }

  /** Closes every probe. Idempotent. */
  async abort(): Promise<void> {
    await Promise.all([...this.#publishers, ...this.#subscribers].map((probe) => probe.close()));
  }

  async #settle(overAt: number): Promise<Verdict> {
    for (;;) {
      const began = performance.now();
      const verdict = this.#book.verdict(this.#mishaps);
      const isSettled = verdict.lost === 0 && this.#book.unanswered === 0;
      if (isSettled || performance.now() >= overAt) return verdict;
      // A large record is looked at less often.
      await sleep(Math.max(LOOK_EVERY_MS, 5 * (performance.now() - began)));
    }
  }

  #openSubscribers(): Promise<void> {
    const { subscribers } = this.#options;
    const make = (index: number): Subscriber => {
      const channel = this.#channels[index % this.#channels.length] ?? '';
      return new Subscriber(`probe ${index + 1}`, channel, this.#target, this.#book, this.#mishaps);
    };
    return openPaced(this.#subscribers, subscribers, make, { what: 'subscribers', withinMs: OPEN_WITHIN_MS });
  }

  async #openPublishers(): Promise<void> {
    const { publishers, ratePerPublisher } = this.#options;
    const before = this.#publishers.length;
    const make = (index: number): Publisher =>
      new Publisher(`publisher ${before + index + 1}`, this.#target, this.#book, this.#mishaps);
    await openPaced(this.#publishers, publishers, make, { what: 'publishers', withinMs: OPEN_WITHIN_MS });
    for (const [index, publisher] of this.#publishers.entries()) {
      if (index >= before) publisher.start(this.#channels, ratePerPublisher, index);
    }
  }
}
