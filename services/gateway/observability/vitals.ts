import {
  createHistogram,
  monitorEventLoopDelay,
  type IntervalHistogram,
  type RecordableHistogram,
} from 'node:perf_hooks';
import { HostCpu } from './host-cpu.js';
import { NO_METRICS, type DisconnectReason, type Metrics } from './metrics.js';

/** How a worker is, for whoever deploys: what is of the moment is of the last window, counts are since the start. */
export type Vitals = Readonly<{
  /** By how much timers came late: 99th percentile of the worse one of the last two windows, ms. */
  event_loop_lag_ms: number;
  /** The share of its machine's cores that was busy in the last window, 0 to 1. */
  host_busy: number;
  /** The last renewal of the lease took so long, ms; null before the first. */
  redis_round_trip_ms: number | null;
  /** From a publication's place in the log to its fan-out here: 99th percentile of the last window, ms; null: none. */
  delivery_lag_ms: number | null;
  publishes: number;
  publishes_failed: number;
  /** Handshakes that named a session, and those whose session was unknown. */
  resumes: number;
  resumes_failed: number;
  /** Subscriptions with `recover`, and those that could not be given what they missed. */
  recoveries: number;
  recoveries_failed: number;
  closes: number;
  /** Lost, timed out, overloaded or too slow: not by the client's wish, nor by a deploy's. */
  closes_unexpected: number;
  /** Of these: lost, timed out or too slow. The client's end can bring each of them about, when its host dies. */
  closes_doubtful: number;
  /** Clients turned away for their token, or for having none. */
  unauthorized: number;
}>;

const DOUBTFUL: ReadonlySet<DisconnectReason> = new Set(['lost', 'timeout', 'slow_consumer']);
const UNEXPECTED: ReadonlySet<DisconnectReason> = new Set([...DOUBTFUL, 'overloaded']);
/** Short enough that a drain can pause before the trouble grows. */
const WINDOW_MS = 250;
const RESOLUTION_MS = 10;
/** Windows that a stall is remembered for: 5 s, so that one between two scrapes is seen. */
const REMEMBERED = 20;

/** Counts what a deploy looks at, of every connection: the stack's own probes too. */
export class VitalSigns {
  /** What counts here, for connections that count nowhere else. */
  readonly metrics: Metrics;
  readonly #roundTripMs: () => number | undefined;
  readonly #counts = {
    publishes: 0,
    publishes_failed: 0,
    resumes: 0,
    resumes_failed: 0,
    recoveries: 0,
    recoveries_failed: 0,
    closes: 0,
    closes_unexpected: 0,
    closes_doubtful: 0,
    unauthorized: 0,
  };
  readonly #delays: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #deliveries: RecordableHistogram = createHistogram();
  /** Of the last window, and of the one before: who looks each half second sees all of them. */
  #lagsMs: readonly [number, number] = [0, 0];
  #rememberedMs: readonly number[] = [];
  #deliveryLagMs: number | null = null;
  readonly #cpu = new HostCpu();
  #hostBusy = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(roundTripMs: () => number | undefined) {
    this.#roundTripMs = roundTripMs;
    this.metrics = {
      ...NO_METRICS,
      messageAccepted: () => (this.#counts.publishes += 1),
      messageFailed: () => {
        this.#counts.publishes += 1;
        this.#counts.publishes_failed += 1;
      },
      sessionOpened: (how) => {
        if (how === 'new') return;
        this.#counts.resumes += 1;
        if (how === 'unknown') this.#counts.resumes_failed += 1;
      },
      recovered: (recovered) => {
        this.#counts.recoveries += 1;
        if (!recovered) this.#counts.recoveries_failed += 1;
      },
      connectionClosed: (reason) => {
        this.#counts.closes += 1;
        if (UNEXPECTED.has(reason)) this.#counts.closes_unexpected += 1;
        if (DOUBTFUL.has(reason)) this.#counts.closes_doubtful += 1;
      },
      unauthorized: () => (this.#counts.unauthorized += 1),
      deliveredAfter: (ms) => this.#deliveries.record(Math.max(1, Math.round(ms))),
    };
  }

  start(): void {
    this.#delays.enable();
    this.#timer = setInterval(() => this.#closeWindow(), WINDOW_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#delays.disable();
  }

  read(): Vitals {
    const roundTripMs = this.#roundTripMs();
    return {
      event_loop_lag_ms: Math.max(...this.#lagsMs),
      host_busy: this.#hostBusy,
      redis_round_trip_ms: roundTripMs === undefined ? null : Math.round(roundTripMs),
      delivery_lag_ms: this.#deliveryLagMs,
      ...this.#counts,
    };
  }

  /** By how much timers came late: 99th percentile of the worst window of the last 5 s, ms. */
  get worstLagMs(): number {
    return Math.max(0, ...this.#rememberedMs);
  }

  #closeWindow(): void {
    // Its timer is one itself: what it measures holds the interval at which it looks.
    const lagMs = Math.max(0, Math.round(this.#delays.percentile(99) / 1e6 - RESOLUTION_MS));
    this.#lagsMs = [lagMs, this.#lagsMs[0]];
    this.#rememberedMs = [lagMs, ...this.#rememberedMs.slice(0, REMEMBERED - 1)];
    this.#delays.reset();
    this.#hostBusy = this.#cpu.busy();
    this.#deliveryLagMs = this.#deliveries.count === 0 ? null : this.#deliveries.percentile(99);
    this.#deliveries.reset();
  }
}
