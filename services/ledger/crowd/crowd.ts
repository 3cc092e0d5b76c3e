import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Book } from '../book.js';
import { deliveryTimes } from '../delivery.js';
import { openPaced } from '../opening.js';
import { Publisher } from '../publisher.js';
import { Subscriber } from '../subscriber.js';
import type { Target } from '../watched-client.js';
import { Kind, kindResult } from './kinds.js';
import { fromManyHosts } from './many-hosts.js';
import type { CrowdFigures, CrowdOptions, CrowdResult, Window } from './messages.js';
import { OwnLoad } from '../own-load.js';
import { PlainSubscriber } from './plain-subscriber.js';

const OPEN_WITHIN_MS = 30_000;
const OPEN_MS_PER_CLIENT = 10;
const LOOK_EVERY_MS = 250;
const TROUBLES = 20;

/** Thousands of clients of two kinds and a few publishers, with their ledger. To the cluster they are like any others. */
export class Crowd {
  readonly #options: CrowdOptions;
  readonly #target: Target;
  readonly #channels: readonly string[];
  readonly #book = new Book();
  readonly #troubles: string[] = [];
  readonly #library: Kind<Subscriber>;
  readonly #plain: Kind<PlainSubscriber>;
  readonly #publishers: Kind<Publisher>;
  #load: OwnLoad | undefined;

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.#target = { url: options.url, headers: {} };
    const run = randomBytes(4).toString('hex');
    this.#channels = Array.from({ length: options.channels }, (_, index) => `ledger:${run}:${index + 1}`);
    const onTrouble = (words: string): void => {
      if (this.#troubles.length < TROUBLES) this.#troubles.push(words);
    };
    this.#library = new Kind(onTrouble);
    this.#plain = new Kind(onTrouble);
    this.#publishers = new Kind(onTrouble);
  }

  /** Resolves when all are subscribed and publishing has begun. @throws {Error} in words */
  async open(): Promise<void> {
    const { library, plain, publishers, rate } = this.#options;
    const withinMs = OPEN_WITHIN_MS + (library + plain) * OPEN_MS_PER_CLIENT;
    const makePlain = (index: number): PlainSubscriber =>
      new PlainSubscriber(
        `plain ${index + 1}`,
        this.#channel(index),
        fromManyHosts(this.#target, index),
        this.#book,
        this.#plain.mishaps,
      );
    const makeLibrary = (index: number): Subscriber =>
      new Subscriber(
        `client ${index + 1}`,
        this.#channel(index),
        fromManyHosts(this.#target, index),
        this.#book,
        this.#library.mishaps,
      );
    const makePublisher = (index: number): Publisher =>
      new Publisher(`publisher ${index + 1}`, this.#target, this.#book, this.#publishers.mishaps);
    await openPaced(this.#plain.clients, plain, makePlain, { what: 'plain clients', withinMs });
    await openPaced(this.#library.clients, library, makeLibrary, { what: 'clients', withinMs });
    await openPaced(this.#publishers.clients, publishers, makePublisher, { what: 'publishers', withinMs });
    this.#load = new OwnLoad();
    for (const [index, publisher] of this.#publishers.clients.entries()) {
      publisher.start(this.#channels, rate / publishers, Math.floor((index * this.#channels.length) / publishers));
    }
  }

  get openSoFar(): number {
    return this.#library.clients.length + this.#plain.clients.length;
  }

  figures(): CrowdFigures {
    return {
      published: this.#book.publications.length,
      delivered: this.#book.accounts.reduce((sum, { length }) => sum + length, 0),
      away: { library: this.#library.mishaps.absences.count, plain: this.#plain.mishaps.absences.count },
      refused: [this.#library, this.#plain, this.#publishers].reduce(
        (sum, { mishaps }) => sum + mishaps.handshakesRefused + mishaps.errorFrames,
        0,
      ),
    };
  }

  /** Stops publishing, waits for what is on its way or until the time is over, closes all, and counts. */
  async finish(windows: readonly Window[], timeoutMs: number): Promise<CrowdResult> {
    const load = this.#load?.end() ?? { cpuShare: 0, loopP99Ms: 0, loopMaxMs: 0 };
    for (const publisher of this.#publishers.clients) publisher.stop();
    const overAt = performance.now() + timeoutMs;
    while (!this.#hasArrived() && performance.now() < overAt) await sleep(LOOK_EVERY_MS);
    const result = this.#result(windows);
    await this.close();
    return { ...result, load };
  }

  async close(): Promise<void> {
    const all = [...this.#publishers.clients, ...this.#library.clients, ...this.#plain.clients];
    await Promise.all(all.map((client) => client.close()));
  }

  #channel(index: number): string {
    return this.#channels[index % this.#channels.length] ?? '';
  }

  #hasArrived(): boolean {
    return this.#book.unanswered === 0 && this.#book.verdict(this.#publishers.mishaps).lost === 0;
  }

  #result(windows: readonly Window[]): Omit<CrowdResult, 'load'> {
    const { publications, unanswered } = this.#book;
    const library = this.#library.clients.map(({ account }) => account);
    const plain = this.#plain.clients.map(({ account }) => account);
    const publishers = kindResult(publications, [], this.#publishers);
    const refused = publications.filter(({ outcome }) => outcome.kind === 'refused').length;
    return {
      published: publications.length,
      acked: publications.filter(({ outcome }) => outcome.kind === 'acked').length,
      unanswered,
      library: kindResult(publications, library, this.#library),
      plain: kindResult(publications, plain, this.#plain),
      publishers: { ...publishers, refused: publishers.refused + refused },
      windows: windows.map((window) => ({
        ...window,
        library: deliveryTimes(publications, library, window),
        plain: deliveryTimes(publications, plain, window),
        away: {
          library: this.#library.mishaps.absences.times(window),
          plain: this.#plain.mishaps.absences.times(window),
          publishers: this.#publishers.mishaps.absences.times(window),
        },
      })),
      troubles: [...this.#troubles],
    };
  }
}
