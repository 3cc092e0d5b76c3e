import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { EntryTimes } from '../../../loki/entry-times.js';
import { encodePush, type Entry, type Labels, type Outcome, type Push } from '../../../loki/push.js';
import { LineBuffer } from './line-buffer.js';
import { LokiPresence } from './loki-presence.js';

export type ShipperOptions = Readonly<{
  /** Base address of Loki, for log lines about it. */
  url: string;
  push: Push;
  /** Pushes while the event loop stands still, for at most so many ms. Never throws. */
  pushBeforeExit: (bodies: readonly string[], withinMs: number) => void;
  labels: Labels;
  /** Memory for lines that wait. */
  bufferBytes: number;
  flushEveryMs?: number;
  timeoutMs?: number;
  longestBackOffMs?: number;
  clock?: () => number;
}>;

export type LogCounts = Readonly<{ buffered: number; dropped: number }>;

type Batch = Readonly<{ body: string; lines: number }>;

const FLUSH_EVERY_MS = 500;
/** So much is encoded at a time: half a millisecond. A request costs a whole one, whatever is in it. */
const PUSH_BYTES = 256 * 1024;
const TIMEOUT_MS = 5_000;
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 4_000;

/**
 * Brings log lines to Loki, one batch at a time, oldest first. Writing never waits, throws or fails: while Loki is away
 * lines wait in bounded memory, the oldest go when it is full, and a batch that was not taken is tried again until it is.
 */
export class LogShipper {
  readonly #push: Push;
  readonly #pushBeforeExit: ShipperOptions['pushBeforeExit'];
  readonly #labels: Labels;
  readonly #buffer: LineBuffer;
  readonly #presence: LokiPresence;
  readonly #times = new EntryTimes();
  readonly #flushEveryMs: number;
  readonly #timeoutMs: number;
  readonly #longestBackOffMs: number;
  /** Taken from the buffer, and not yet by Loki. */
  #batch: Batch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pushing: Promise<Outcome> | undefined;
  /** `given up`: closed, and Loki did not take all; a line that still comes has nowhere to go. */
  #state: 'open' | 'closed' | 'given up' = 'open';

  constructor({ url, push, pushBeforeExit, labels, bufferBytes, ...options }: ShipperOptions) {
    this.#push = push;
    this.#pushBeforeExit = pushBeforeExit;
    this.#labels = labels;
    // The batch under way has its share of the memory.
    this.#buffer = new LineBuffer(Math.max(0, bufferBytes - PUSH_BYTES));
    this.#presence = new LokiPresence(url, options.clock ?? Date.now);
    this.#flushEveryMs = options.flushEveryMs ?? FLUSH_EVERY_MS;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#longestBackOffMs = options.longestBackOffMs ?? LONGEST_BACK_OFF_MS;
  }

  /** Where `loki_lost`, `loki_back` and the like go. */
  tellTo(logger: Logger): void {
    this.#presence.tellTo(logger);
  }

  /** `level` is the label; `timeMs` the line's own time, since 1970. */
  write(level: string, timeMs: number, line: string): void {
    if (this.#state === 'given up') return this.#presence.drop(1);
    const dropped = this.#buffer.add({ level, at: this.#times.at(timeMs), line });
    if (dropped > 0) this.#presence.drop(dropped);
    if (this.#state === 'closed' || this.#pushing !== undefined) return;
    if (this.#timer === undefined) this.#arm(this.#flushEveryMs);
    else if (this.#isFull && this.#presence.failures === 0) this.#arm(0);
  }

  /** Lines that wait, those under way included, and lines that were dropped. */
  counts(): LogCounts {
    return { buffered: this.#buffer.size + (this.#batch?.lines ?? 0), dropped: this.#presence.dropped };
  }

  /**
   * Pushes what waits, for at most `withinMs`; where Loki is away there is one try. What it did not take then is given
   * up: it counts as dropped, as does every line after it. Nothing is pushed by itself afterwards; another close pushes
   * the lines since this one.
   */
  async close(withinMs: number): Promise<void> {
    if (this.#state === 'given up') return;
    this.#state = 'closed';
    clearTimeout(this.#timer);
    const isEmpty = await Promise.race([this.#empty(), sleep(withinMs, false, { ref: false })]);
    if (!isEmpty) this.#giveUp();
  }

  /** The newest lines of a process that crashes: nothing else runs meanwhile. Where Loki is away it does nothing. */
  closeAtOnce(withinMs: number): void {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    if (!this.#presence.isThere) return;
    const bodies = [this.#batch, this.#nextBatch()].flatMap((batch) => (batch === undefined ? [] : [batch.body]));
    if (bodies.length > 0) this.#pushBeforeExit(bodies, withinMs);
  }

  get #isFull(): boolean {
    return this.#buffer.bytes >= PUSH_BYTES;
  }

  /** False: Loki is away. */
  async #empty(): Promise<boolean> {
    await this.#pushing;
    while (this.#state === 'closed') {
      const outcome = await this.#pushOne();
      if (outcome === undefined) return true;
      if (outcome.kind === 'away') return false;
    }
    return false;
  }

  #giveUp(): void {
    const lines = this.counts().buffered;
    this.#state = 'given up';
    this.#batch = undefined;
    this.#buffer.clear();
    this.#presence.giveUp(lines);
  }

  #arm(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), delayMs).unref();
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    const pushing = this.#pushOne();
    if (pushing === undefined) return;
    await pushing;
    if (this.#state !== 'open' || (this.#batch === undefined && this.#buffer.size === 0)) return;
    this.#arm(this.#pause());
  }

  #pause(): number {
    const { failures } = this.#presence;
    if (failures === 0) return this.#isFull ? 0 : this.#flushEveryMs;
    const backOff = Math.min(this.#longestBackOffMs, FIRST_BACK_OFF_MS * 2 ** (failures - 1));
    return backOff * (0.5 + Math.random() / 2);
  }

  #pushOne(): Promise<Outcome> | undefined {
    this.#batch ??= this.#nextBatch();
    if (this.#batch === undefined) return undefined;
    this.#pushing = this.#pushBatch(this.#batch);
    return this.#pushing;
  }

  async #pushBatch({ body, lines }: Batch): Promise<Outcome> {
    const outcome = await this.#push(body, this.#timeoutMs);
    this.#pushing = undefined;
    // Its lines are counted already.
    if (this.#state === 'given up') return outcome;
    // The next one goes at once where the buffer is full: what is told of this one finds room.
    if (outcome.kind !== 'away') this.#batch = this.#isFull ? this.#nextBatch() : undefined;
    this.#presence.noted(outcome, lines);
    return outcome;
  }

  #nextBatch(): Batch | undefined {
    const entries: readonly Entry[] = this.#buffer.take(PUSH_BYTES);
    if (entries.length === 0) return undefined;
    return { body: encodePush(this.#labels, entries), lines: entries.length };
  }
}
