import { randomBytes } from 'node:crypto';
import { BrokerOverloaded, BrokerUnavailable } from '../channel-log.js';
import type { Accepted, PublishRequest } from '../channel-log.js';
import type { BrokerLimits } from '../broker.js';
import { publishCall, publishReply, type Publication } from './publish-script.js';
import type { Publisher } from './publisher.js';
import { TurnBatches, type Batch } from './turn-batches.js';

const SWEEP_EVERY_MS = 100;

type Outstanding = Publication &
  Readonly<{
    lane: Lane;
    /** On the clock of `performance.now()`. */
    deadline: number;
    accept(accepted: Accepted): void;
    refuse(error: Error): void;
  }> & {
    /** It is at Redis, or goes there with this turn. */
    isSent: boolean;
  };

/** The publishes of one publisher: so many are at Redis, the others wait their turn; of most there is never one that waits. */
type Lane = { waiting: Set<Outstanding> | undefined; atRedis: number };

/**
 * The queue of a worker: publishes whose reply has not come, in the order they were handed in, at most `maxQueueSize`.
 * Of one publisher at most `consumerPoolSize` are at Redis at a time, so that one that floods does not stand before all
 * others there. What goes there in one turn goes in one script for each channel, and all of it in one write. After a lost
 * connection those that were there are sent again in their order before any new one; the same ids, and the token of the
 * request, make that safe.
 */
export class Outbox {
  readonly #publisher: Publisher;
  readonly #limits: BrokerLimits;
  readonly #outstanding = new Set<Outstanding>();
  readonly #lanes = new Map<string, Lane>();
  readonly #batches = new TurnBatches<Outstanding>((batches) =>
    this.#publisher.together(() => {
      for (const batch of batches) void this.#send(batch);
    }),
  );
  readonly #settled: (() => void)[] = [];
  readonly #tokenPrefix = randomBytes(3).toString('base64url');
  #requests = 0;
  #sweep: NodeJS.Timeout | undefined;

  constructor(publisher: Publisher, limits: BrokerLimits) {
    this.#publisher = publisher;
    this.#limits = limits;
  }

  /** Publishes that wait for Redis or its reply. */
  get size(): number {
    return this.#outstanding.size;
  }

  /** @throws BrokerUnavailable, BrokerOverloaded */
  publish(request: PublishRequest): Promise<Accepted> {
    return new Promise((accept, refuse) => {
      if (!this.#publisher.isReady) {
        refuse(new BrokerUnavailable(`Redis is away: ${this.#publisher.why}`));
        return;
      }
      if (this.#outstanding.size >= this.#limits.maxQueueSize) {
        refuse(new BrokerOverloaded(`${this.#outstanding.size} publishes wait for Redis`));
        return;
      }
      const { channel, publisher, id, body, keepSeconds = this.#limits.historyTtlSeconds } = request;
      this.#requests += 1;
      const item: Outstanding = {
        channel,
        publisher,
        token: `${this.#tokenPrefix}${this.#requests.toString(36)}`,
        id,
        body,
        keepSeconds,
        lane: this.#laneOf(publisher),
        isSent: false,
        deadline: performance.now() + this.#limits.publishTimeoutMs,
        accept,
        refuse,
      };
      this.#outstanding.add(item);
      this.#sweep ??= setInterval(() => this.#refuseLate(), SWEEP_EVERY_MS);
      this.#enter(item);
    });
  }

  /** Sends again what has no reply, in order. Call it on a new connection, before anybody else uses it. */
  resend(): void {
    // What waited for the end of its turn is among them.
    this.#batches.clear();
    for (const item of this.#outstanding) if (item.isSent) this.#batches.add(item);
    this.#batches.flush();
  }

  /** Resolves when nothing is outstanding. */
  async empty(): Promise<void> {
    if (this.#outstanding.size > 0) await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  /** Refuses what is still outstanding. */
  close(): void {
    this.#refuse([...this.#outstanding], 'the broker stopped');
  }

  #laneOf(publisher: string): Lane {
    const known = this.#lanes.get(publisher);
    if (known !== undefined) return known;
    const lane = { waiting: undefined, atRedis: 0 };
    this.#lanes.set(publisher, lane);
    return lane;
  }

  #enter(item: Outstanding): void {
    const { lane } = item;
    // Where there is room nobody waits.
    if (lane.atRedis < this.#limits.consumerPoolSize) this.#go(item);
    else (lane.waiting ??= new Set()).add(item);
  }

  #go(item: Outstanding): void {
    item.lane.atRedis += 1;
    item.isSent = true;
    this.#batches.add(item);
  }

  #advance(lane: Lane): void {
    if (lane.waiting === undefined) return;
    for (const item of lane.waiting) {
      if (lane.atRedis >= this.#limits.consumerPoolSize) return;
      lane.waiting.delete(item);
      this.#go(item);
    }
  }

  #leave({ lane, publisher, isSent }: Outstanding): void {
    if (isSent) lane.atRedis -= 1;
    this.#advance(lane);
    if (lane.atRedis === 0) this.#lanes.delete(publisher);
  }

  async #send(batch: Batch<Outstanding>): Promise<void> {
    try {
      const { keys, args } = publishCall(batch, this.#limits);
      const accepted = publishReply(await this.#publisher.attemptOnChannel('publish', keys, args));
      for (const [index, item] of batch.entries()) {
        this.#settle(item, accepted[index] ?? new BrokerUnavailable('Redis answered for too few'));
      }
    } catch (error) {
      const failure = this.#publisher.failureOf(error);
      // Lost: they stay, and are sent again when the connection is back.
      if (failure.kind === 'lost') return;
      for (const item of batch) this.#settle(item, new BrokerUnavailable(`Redis refused: ${failure.why}`));
    }
  }

  #refuseLate(): void {
    const now = performance.now();
    const late: Outstanding[] = [];
    for (const item of this.#outstanding) {
      // In the order of their deadlines, since all wait equally long.
      if (item.deadline > now) break;
      late.push(item);
    }
    this.#refuse(late, 'Redis did not answer in time');
  }

  /** Those that had not been sent never are. */
  #refuse(items: readonly Outstanding[], why: string): void {
    for (const item of items) item.lane.waiting?.delete(item);
    for (const item of items) this.#settle(item, new BrokerUnavailable(why));
  }

  #settle(item: Outstanding, outcome: Accepted | Error): void {
    if (!this.#outstanding.delete(item)) return;
    this.#leave(item);
    if (outcome instanceof Error) item.refuse(outcome);
    else item.accept(outcome);
    if (this.#outstanding.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
    for (const resolve of this.#settled.splice(0)) resolve();
  }
}
