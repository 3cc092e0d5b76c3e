import { randomBytes } from 'node:crypto';
import type { Position } from '../../../protocol/frames.js';
import type { Epoch, Offset } from '../../../protocol/ids.js';
import { parseEpoch, parseOffset } from '../../../protocol/ids.js';
import type { BrokerLimits } from '../broker.js';
import type { Accepted, LoggedPublication, LogQuery, LogSlice, PublishRequest } from '../channel-log.js';
import { PublisherRecord } from './publisher-record.js';

const MAX_LIVES = 32;

type Life = Readonly<{ epoch: Epoch; first: number }>;

const newEpoch = (): Epoch => {
  const epoch = parseEpoch(randomBytes(9).toString('base64url'));
  if (epoch === undefined) throw new Error('a random epoch was no epoch');
  return epoch;
};

const offsetAt = (value: number): Offset => {
  const offset = parseOffset(value);
  if (offset === undefined) throw new Error(`not an offset: ${value}`);
  return offset;
};

/** One channel: its log, its lives, and who published how much. The same rules as in `lua/`. */
export class Channel {
  readonly publishers = new Map<string, PublisherRecord>();
  readonly #limits: BrokerLimits;
  #log: LoggedPublication[] = [];
  #logExpiresMs = 0;
  #bytes = 0;
  #top = 0;
  #run: number;
  #epoch: Epoch;
  #lives: readonly Life[];
  #usedMs: number;

  constructor(limits: BrokerLimits, run: number, nowMs: number) {
    this.#limits = limits;
    this.#run = run;
    this.#epoch = newEpoch();
    this.#lives = [{ epoch: this.#epoch, first: 1 }];
    this.#usedMs = nowMs;
  }

  isExpired(nowMs: number): boolean {
    return nowMs >= this.#usedMs + this.#limits.sessionTtlSeconds * 1_000;
  }

  /** The life rule (`life.lua`), and expiry; before anything else is done. */
  use(run: number, nowMs: number): void {
    this.#usedMs = nowMs;
    if (nowMs >= this.#logExpiresMs) this.#log = [];
    if (run === this.#run) return;
    this.#run = run;
    this.#epoch = newEpoch();
    this.#lives = [...this.#lives, { epoch: this.#epoch, first: this.#top + 1 }].slice(-MAX_LIVES);
  }

  get top(): Position {
    return { epoch: this.#epoch, offset: offsetAt(this.#top) };
  }

  /** Accepts a publication, or finds that its id had been accepted; `published` is what listeners are to hear. */
  publish(
    { publisher, id, body, keepSeconds = this.#limits.historyTtlSeconds }: PublishRequest,
    nowMs: number,
  ): Readonly<{ accepted: Accepted; published: LoggedPublication | undefined }> {
    const kept = this.publishers.get(publisher);
    const record = kept === undefined || kept.isExpired(nowMs) ? new PublisherRecord(this.#limits) : kept;
    this.publishers.set(publisher, record);
    record.touch(nowMs);
    const first = record.seen(id, nowMs);
    if (first !== undefined && this.#isGood(first)) {
      return { accepted: { ...first, count: record.count, duplicate: true }, published: undefined };
    }
    this.#top += 1;
    const published = { ...this.top, timeMs: nowMs, body };
    const count = record.accept(id, this.top, nowMs);
    this.#append(published, keepSeconds);
    return { accepted: { ...this.top, count, duplicate: false }, published };
  }

  read({ since, limit, maxBytes }: LogQuery): LogSlice {
    const oldest = this.#log[0]?.offset ?? this.#top + 1;
    if (since === undefined) {
      const publications = take(this.#log.toReversed(), limit, maxBytes).toReversed();
      const more = (publications[0]?.offset ?? oldest) > oldest;
      return { top: this.top, publications, continuous: true, more };
    }
    const continuous = this.#isGood(since) && (since.offset === this.#top || since.offset + 1 >= oldest);
    const following = continuous ? this.#log.slice(Math.max(0, since.offset + 1 - oldest)) : this.#log;
    const publications = take(following, limit, maxBytes);
    const last = publications.at(-1)?.offset ?? this.#top;
    return { top: this.top, publications, continuous, more: last < this.#top };
  }

  /** An older state of the store came back: its newest publication was never there. */
  forgetNewest(): void {
    const lost = this.#log.pop();
    if (lost === undefined) return;
    this.#top -= 1;
    this.#bytes -= Buffer.byteLength(lost.body);
    for (const record of this.publishers.values()) record.forget(lost);
  }

  #isGood({ epoch, offset }: Position): boolean {
    const life = this.#lives.findIndex((known) => known.epoch === epoch);
    return life >= 0 && offset <= this.#top && this.#lives.slice(life + 1).every(({ first }) => first > offset);
  }

  #append(publication: LoggedPublication, keepSeconds: number): void {
    const { historySize, historyMaxBytes } = this.#limits;
    if (this.#log.length === 0) this.#bytes = 0;
    this.#log.push(publication);
    this.#logExpiresMs = publication.timeMs + keepSeconds * 1_000;
    this.#bytes += Buffer.byteLength(publication.body);
    const isLong = this.#log.length > historySize + Math.floor(historySize / 10);
    let drop = isLong ? this.#log.length - historySize : 0;
    for (let at = 0; at < this.#log.length - 1 && (at < drop || this.#bytes > historyMaxBytes); at += 1) {
      this.#bytes -= Buffer.byteLength(this.#log[at]?.body ?? '');
      drop = Math.max(drop, at + 1);
    }
    if (drop > 0) this.#log.splice(0, drop);
  }
}

const take = (log: readonly LoggedPublication[], limit: number, maxBytes: number): LoggedPublication[] => {
  const taken: LoggedPublication[] = [];
  let bytes = 0;
  for (const publication of log) {
    bytes += Buffer.byteLength(publication.body);
    if (taken.length === limit || (taken.length > 0 && bytes > maxBytes)) break;
    taken.push(publication);
  }
  return taken;
};
