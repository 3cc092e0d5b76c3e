import { BrokerUnavailable } from '../../broker/channel-log.js';
import type { ClusterStatistics, StatisticsReader } from '../../cluster/statistics-reader.js';
import type { AdminEvent } from './events.js';
import { colorsOf, workersOf } from './figures.js';
import { DeployNotices } from './deploy-notices.js';
import type { Past } from './past.js';
import { RateMeter } from './rates.js';

/** A page that watches. */
export interface Watcher {
  /** Undefined: the stack's own token opened it. */
  readonly login: string | undefined;
  /** Its login is over. */
  loggedOut(): void;
  /**
   * A frame, encoded. `isReplaceable`: a newer one follows within a second and says all of this again, so that a page which
   * reads slowly may go without.
   */
  take(frame: string, isReplaceable: boolean): void;
}

const SNAPSHOT_MS = 1_000;
const EVENTS_KEPT = 50;

/**
 * What the admin pages of this worker are told: a snapshot of the cluster each second, built once for all of them and only
 * while there are any; deploy notices and events as they come.
 */
export class LiveFeed {
  readonly notices = new DeployNotices((notice, isNews) => {
    this.#tell({ type: 'deploy', notice });
    if (isNews) void this.#past.deployed(notice);
  });
  readonly #reader: StatisticsReader;
  readonly #past: Past;
  readonly #worker: string;
  readonly #watchers = new Set<Watcher>();
  readonly #meter: RateMeter;
  #events: readonly AdminEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #newest: Readonly<{ atMs: number; text: string }> | undefined;

  /**
   * @param sampled looks also while nobody watches: the first snapshot has rates too
   * @param worker this worker's name, `blue-1`
   */
  constructor(reader: StatisticsReader, past: Past, sampled: RateMeter, worker: string) {
    this.#meter = new RateMeter(sampled);
    this.#reader = reader;
    this.#worker = worker;
    this.#past = past;
  }

  /** The first frame is on its way; returns how to leave. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    this.#timer ??= setInterval(() => void this.#turn(), SNAPSHOT_MS);
    void this.#greet(watcher);
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  loggedOut(login: string): void {
    for (const watcher of this.#watchers) if (watcher.login === login) watcher.loggedOut();
  }

  happened(event: AdminEvent): void {
    this.#events = [...this.#events, event].slice(-EVENTS_KEPT);
    this.#tell({ type: 'event', ...event });
  }

  async #greet(watcher: Watcher): Promise<void> {
    const past = await this.#past.read();
    const hello = {
      type: 'hello',
      time: Date.now(),
      worker: this.#worker,
      history: past?.history ?? null,
      deploy: this.notices.all(),
      /** Earlier ones, and of this one as much as is known. */
      past_deploys: past?.deploys ?? [],
      events: merged(past?.events ?? [], this.#events).slice(-EVENTS_KEPT),
    };
    if (!this.#watchers.has(watcher)) return;
    watcher.take(JSON.stringify(hello), false);
    // Rates over the moment since would be noise.
    if (this.#newest !== undefined && Date.now() - this.#newest.atMs < SNAPSHOT_MS) {
      watcher.take(this.#newest.text, true);
    } else await this.#turn();
  }

  async #turn(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const frame = await this.#frame();
      this.#newest = { atMs: Date.now(), text: JSON.stringify(frame) };
      for (const watcher of this.#watchers) watcher.take(this.#newest.text, true);
    } finally {
      this.#isLooking = false;
    }
  }

  async #frame(): Promise<object> {
    try {
      return this.#snapshot(await this.#reader.read());
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
      return { type: 'unavailable', time: Date.now(), reason: `Redis is away: ${error.message}` };
    }
  }

  #snapshot(statistics: ClusterStatistics): object {
    const { totals, active, workers } = statistics;
    const nowMs = Date.now();
    return {
      type: 'snapshot',
      time: nowMs,
      totals: {
        total_connections: totals.connections,
        active_connections: active,
        messages_received: totals.received,
        messages_sent: totals.sent,
      },
      rates: this.#meter.measure(statistics, nowMs),
      colors: colorsOf(workers),
      workers: workersOf(workers),
    };
  }

  #tell(frame: object): void {
    const text = JSON.stringify(frame);
    for (const watcher of this.#watchers) watcher.take(text, false);
  }
}

/** What was just done here may not be written down yet. */
const merged = (written: readonly AdminEvent[], own: readonly AdminEvent[]): readonly AdminEvent[] => {
  const known = new Set(written.map(({ at, event, by }) => `${at} ${event} ${by}`));
  const news = own.filter(({ at, event, by }) => !known.has(`${at} ${event} ${by}`));
  return [...written, ...news].toSorted((a, b) => a.at.localeCompare(b.at));
};
