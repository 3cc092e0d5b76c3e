import { randomBytes } from 'node:crypto';
import { BrokerOverloaded, BrokerUnavailable } from '../channel-log.js';
import type { Accepted, PublishRequest } from '../channel-log.js';
import type { BrokerLimits } from '../broker.js';
import { logKey, metaKey, publisherKey, topicOf } from './keys.js';
import type { Publisher } from './publisher.js';
import { epochOf, listOf, numberOf, offsetOf } from './reply.js';

const SWEEP_EVERY_MS = 100;

type Outstanding = Readonly<{
  keys: readonly string[];
  args: readonly (string | number)[];
  /** On the clock of `performance.now()`. */
  deadline: number;
  accept(accepted: Accepted): void;
  refuse(error: Error): void;
}>;

/**
 * Publishes whose reply has not come, in the order they were handed in. After a lost connection all of them are sent
 * again in that order before any new one; the same ids, and the token of the request, make that safe.
 */
export class Outbox {
  readonly #publisher: Publisher;
  readonly #limits: BrokerLimits;
  readonly #outstanding = new Set<Outstanding>();
  readonly #settled: (() => void)[] = [];
  /** With a number behind it, tells a request sent again from another one with the same id. */
  readonly #tokenPrefix = randomBytes(3).toString('base64url');
  #requests = 0;
  #sweep: NodeJS.Timeout | undefined;

  constructor(publisher: Publisher, limits: BrokerLimits) {
    this.#publisher = publisher;
    this.#limits = limits;
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
      const item: Outstanding = {
        keys: [logKey(request.channel), metaKey(request.channel), publisherKey(request.channel, request.publisher)],
        args: this.#arguments(request),
        deadline: performance.now() + this.#limits.publishTimeoutMs,
        accept,
        refuse,
      };
      this.#outstanding.add(item);
      this.#sweep ??= setInterval(() => this.#refuseLate(), SWEEP_EVERY_MS);
      void this.#send(item);
    });
  }

  /** Sends everything outstanding again, in order. Call it on a new connection, before anybody else uses it. */
  resend(): void {
    for (const item of this.#outstanding) void this.#send(item);
  }

  /** Resolves when nothing is outstanding. */
  async empty(): Promise<void> {
    if (this.#outstanding.size > 0) await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  /** Refuses what is still outstanding. */
  close(): void {
    for (const item of this.#outstanding) this.#settle(item, new BrokerUnavailable('the broker stopped'));
  }

  #arguments({ channel, id, body }: PublishRequest): readonly (string | number)[] {
    const limits = this.#limits;
    this.#requests += 1;
    return [
      `${this.#tokenPrefix}${this.#requests.toString(36)}`,
      id,
      body,
      topicOf(channel),
      limits.historySize,
      limits.historyMaxBytes,
      limits.historyTtlSeconds,
      limits.sessionTtlSeconds,
      limits.dedupeWindowSeconds * 1_000,
      limits.dedupeMaxIds,
    ];
  }

  async #send(item: Outstanding): Promise<void> {
    try {
      const reply = listOf(await this.#publisher.attemptOnChannel('publish', item.keys, item.args));
      const [epoch, offset, count, duplicate] = reply;
      this.#settle(item, {
        epoch: epochOf(epoch),
        offset: offsetOf(offset),
        count: numberOf(count),
        duplicate: duplicate === 1,
      });
    } catch (error) {
      const failure = this.#publisher.failureOf(error);
      // Lost: it stays, and is sent again when the connection is back.
      if (failure.kind === 'refused') this.#settle(item, new BrokerUnavailable(`Redis refused: ${failure.why}`));
    }
  }

  #refuseLate(): void {
    const now = performance.now();
    // In the order of their deadlines, since all wait equally long.
    for (const item of this.#outstanding) {
      if (item.deadline > now) return;
      this.#settle(item, new BrokerUnavailable('Redis did not answer in time'));
    }
  }

  #settle(item: Outstanding, outcome: Accepted | Error): void {
    if (!this.#outstanding.delete(item)) return;
    if (outcome instanceof Error) item.refuse(outcome);
    else item.accept(outcome);
    if (this.#outstanding.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
    for (const resolve of this.#settled.splice(0)) resolve();
  }
}
