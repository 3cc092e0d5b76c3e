import { BrokerUnavailable } from '../../broker/channel-log.js';
import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import { Loop } from '../../lifecycle/loop.js';
import { errorEvent, metricValues, snapshotEvent } from './events.js';
import { MAX_INTERVAL_SECONDS } from './subscription.js';

/** Who gets Snapshots. */
export interface SnapshotTaker {
  /** An event, encoded. */
  take(event: string): void;
}

const TICK_MS = 1_000;

/**
 * Snapshots for every client of `/ws/metrics` on this worker. At each tick, one a second, the cluster is looked at once
 * and the event encoded once for all whose interval has come round: a wheel of ticks, no timer for each client.
 */
export class Snapshots {
  readonly loop = new Loop('snapshots', TICK_MS, () => this.#turn());
  readonly #reader: StatisticsReader;
  /** By the tick at which they are due next, modulo their number. */
  readonly #due = Array.from({ length: MAX_INTERVAL_SECONDS + 1 }, () => new Map<SnapshotTaker, number>());
  readonly #places = new Map<SnapshotTaker, Map<SnapshotTaker, number>>();
  #tick = 0;
  /** Those who know that there is nothing to tell for now. */
  readonly #told = new Set<SnapshotTaker>();

  constructor(reader: StatisticsReader) {
    this.#reader = reader;
  }

  start(): void {
    this.loop.start();
  }

  stop(): void {
    this.loop.stop();
  }

  /** As of a moment after the call, encoded. @throws BrokerUnavailable */
  async now(): Promise<string> {
    const statistics = await this.#reader.read();
    return snapshotEvent(metricValues(statistics), Date.now());
  }

  /** From now on a Snapshot each `intervalSeconds`, the first at most so long from now; replaces what was before. */
  watch(taker: SnapshotTaker, intervalSeconds: number): void {
    this.#unplace(taker);
    const place = this.#due[(this.#tick + intervalSeconds) % this.#due.length];
    if (place === undefined) return;
    place.set(taker, intervalSeconds);
    this.#places.set(taker, place);
  }

  leave(taker: SnapshotTaker): void {
    this.#unplace(taker);
    this.#told.delete(taker);
  }

  #unplace(taker: SnapshotTaker): void {
    this.#places.get(taker)?.delete(taker);
    this.#places.delete(taker);
  }

  async #turn(): Promise<void> {
    this.#tick += 1;
    const due = [...(this.#due[this.#tick % this.#due.length] ?? [])];
    if (due.length === 0) return;
    for (const [taker, intervalSeconds] of due) this.watch(taker, intervalSeconds);
    const takers = due.map(([taker]) => taker);
    try {
      const event = await this.now();
      for (const taker of takers) if (this.#places.has(taker)) taker.take(event);
      this.#told.clear();
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
      this.#tell(takers, errorEvent(`no metrics for now, they go on by themselves: ${error.message}`));
    }
  }

  /** Each once, until there is something to tell again [silent-1]. */
  #tell(takers: readonly SnapshotTaker[], event: string): void {
    for (const taker of takers) {
      if (this.#told.has(taker) || !this.#places.has(taker)) continue;
      this.#told.add(taker);
      taker.take(event);
    }
  }
}
