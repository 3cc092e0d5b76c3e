import type { ClusterStatistics } from '../../cluster/statistics-reader.js';
import { bucketsOf, quantile, type Buckets } from './percentiles.js';

/** What happened between two looks at the cluster: a second, and ms; null: nothing to tell. */
export type Rates = Readonly<{
  received: number | null;
  sent: number | null;
  opened: number | null;
  ack_p50_ms: number | null;
  ack_p95_ms: number | null;
  ack_p99_ms: number | null;
  delivery_p50_ms: number | null;
  delivery_p99_ms: number | null;
}>;

type Look = Readonly<{
  atMs: number;
  received: number;
  sent: number;
  connections: number;
  acks: Buckets;
  deliveries: Buckets;
}>;

/** Looks further apart than this have no rate between them, ms. */
const FORGET_MS = 60_000;

/** A rate over less than this would be noise, ms. */
const SHORTEST_MS = 1_000;

/** Keeps the last looks, and tells what has happened since. */
export class RateMeter {
  readonly #other: RateMeter | undefined;
  /** The newest two, newest first. */
  #looks: readonly Look[] = [];

  /** @param other looks too: where this one did not look for long, what happened since the other's look is told */
  constructor(other?: RateMeter) {
    this.#other = other;
  }

  measure({ totals, workers, ended }: ClusterStatistics, nowMs: number): Rates {
    const sources = [...workers.map((worker) => worker.totals), ended];
    const now: Look = {
      atMs: nowMs,
      received: totals.received,
      sent: totals.sent,
      connections: totals.connections,
      acks: bucketsOf(sources, 'websocket_publish_ack_seconds'),
      deliveries: bucketsOf(sources, 'websocket_delivery_seconds'),
    };
    const others = this.#other === undefined ? [] : this.#other.#looks;
    const last = lookBefore(this.#looks, nowMs, 1) ?? lookBefore(others, nowMs, SHORTEST_MS);
    this.#looks = [now, ...this.#looks.slice(0, 1)];
    if (last === undefined) return NOTHING;
    const perSecond = (after: number, before: number): number =>
      tenths((Math.max(0, after - before) * 1000) / (nowMs - last.atMs));
    const ms = (before: Buckets, after: Buckets, q: number): number | null => {
      const seconds = quantile(before, after, q);
      return seconds === undefined ? null : Math.round(seconds * 100_000) / 100;
    };
    return {
      received: perSecond(now.received, last.received),
      sent: perSecond(now.sent, last.sent),
      opened: perSecond(now.connections, last.connections),
      ack_p50_ms: ms(last.acks, now.acks, 0.5),
      ack_p95_ms: ms(last.acks, now.acks, 0.95),
      ack_p99_ms: ms(last.acks, now.acks, 0.99),
      delivery_p50_ms: ms(last.deliveries, now.deliveries, 0.5),
      delivery_p99_ms: ms(last.deliveries, now.deliveries, 0.99),
    };
  }
}

/** The newest that is no younger than `leastMs`, and not too old. */
const lookBefore = (looks: readonly Look[], nowMs: number, leastMs: number): Look | undefined =>
  looks.find(({ atMs }) => nowMs - atMs >= leastMs && nowMs - atMs <= FORGET_MS);

const tenths = (value: number): number => Math.round(value * 10) / 10;

const NOTHING: Rates = {
  received: null,
  sent: null,
  opened: null,
  ack_p50_ms: null,
  ack_p95_ms: null,
  ack_p99_ms: null,
  delivery_p50_ms: null,
  delivery_p99_ms: null,
};
