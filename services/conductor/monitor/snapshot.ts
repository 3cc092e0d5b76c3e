import type { Color } from '../engines/engine.js';
import type { QueueStatus } from '../verbs/task-workers.js';
import type { LogLine } from '../logs/log-lines.js';
import { bucketsOf, percentilesOf, type Percentiles } from './buckets.js';
import { growthBetween, type Growth } from './growth.js';
import { cpuOf, memoryOf, type ByPart } from './parts.js';
import type { Sample } from './sample.js';
import type { Work } from './work.js';

export type WorkerSnapshot = Readonly<{
  worker: string;
  state: string;
  ready: string;
  connections: number | null;
  /** Connections that a running drain has yet to move. */
  drain_left: number | null;
  event_loop_lag_ms: number | null;
}>;
/** From a publish to its ack, and to its fan-out on any worker. */
export type Latencies = Readonly<{ publish_ack: Percentiles | null; delivery: Percentiles | null }>;
export type Rates = Readonly<Record<keyof typeof RATES, number>>;

/** Frames, messages and connections that were refused, by what was said. */
export type Refused = Readonly<Record<string, number>>;

/** What a stack does at a moment. Rates, latencies and CPU are those between two looks; null: they are not known. */
export type Snapshot = Readonly<{
  at: string;
  active: Color | null;
  connections: Readonly<Record<Color, number>>;
  workers: readonly WorkerSnapshot[];
  per_second: Rates | null;
  latency_ms: Latencies;
  /** Since the monitor began. */
  refused: Refused | null;
  errors: readonly Readonly<{ source: string; level: string; event: string; message: string }>[];
  cpu_percent: ByPart | null;
  memory_bytes: ByPart;
  /** Of tasks; null: no task worker tells. */
  queue: QueueStatus | null;
  /** A verb that changes the stack, and the step of it that was done last. */
  at_work: Work | null;
  troubles: readonly string[];
}>;

const RATES = {
  received: 'websocket_messages_received_total',
  sent: 'websocket_messages_sent_total',
  accepted: 'websocket_messages_total',
  failed: 'websocket_messages_failed_total',
} as const;
const ERRORS = 'websocket_errors_total';
/** What was refused without an error frame of its own, in words. */
const REFUSALS = {
  websocket_queue_overflows_total: 'queue overflow',
  websocket_rate_limited_messages_total: 'message rate limited',
  websocket_rate_limited_connections_total: 'connection rate limited',
  websocket_rate_limit_disconnects_total: 'disconnected by rate limit',
  websocket_unauthorized_total: 'unauthorized',
  websocket_origins_refused_total: 'origin refused',
} as const;

/**
 * @param refused what was since the monitor began
 * @param errors lines of the log since the last look
 */
export const snapshotOf = (
  now: Sample,
  before: Sample,
  refused: Snapshot['refused'],
  errors: readonly LogLine[],
): Snapshot => {
  const seconds = (now.atMs - before.atMs) / 1_000;
  const growth = seconds > 0 ? growthBetween(before, now) : undefined;
  const colors = now.status?.colors ?? [];
  return {
    at: now.time.toISOString(),
    active: now.status?.active ?? null,
    connections: { blue: connectionsOf(now, 'blue'), green: connectionsOf(now, 'green') },
    workers: colors.flatMap(({ workers }) =>
      workers.map(({ worker, state, ready, connections, drain_left: left, event_loop_lag_ms: lag }) => ({
        worker,
        state,
        ready,
        connections: connections ?? null,
        drain_left: left ?? null,
        event_loop_lag_ms: lag ?? null,
      })),
    ),
    per_second: growth === undefined ? null : ratesOf(growth, seconds),
    latency_ms: latencyOf(growth),
    refused,
    errors: errors.map(({ source, level, event, message }) => ({ source, level, event, message })),
    cpu_percent: seconds > 0 ? cpuOf(now.uses, before.uses, seconds) : null,
    memory_bytes: memoryOf(now.uses),
    queue: now.status?.queue ?? null,
    at_work: now.work ?? null,
    troubles: now.troubles,
  };
};

const connectionsOf = ({ status }: Sample, color: Color): number =>
  (status?.colors.find((known) => known.color === color)?.workers ?? []).reduce(
    (sum, { connections }) => sum + (connections ?? 0),
    0,
  );

/** Messages that were accepted. */
export const acceptedOf = (growth: Growth): number => growth.total(RATES.accepted);

const ratesOf = (growth: Growth, seconds: number): Rates => {
  const rate = (name: keyof typeof RATES): number => growth.total(RATES[name]) / seconds;
  return { received: rate('received'), sent: rate('sent'), accepted: rate('accepted'), failed: rate('failed') };
};

/** Of everything that was observed. */
export const latencyOf = (growth: Growth | undefined): Latencies => ({
  publish_ack: percentilesIn(growth, 'websocket_publish_ack_seconds'),
  delivery: percentilesIn(growth, 'websocket_delivery_seconds'),
});

const percentilesIn = (growth: Growth | undefined, name: string): Percentiles | null => {
  const found = growth === undefined ? undefined : percentilesOf(bucketsOf(growth, name));
  return found === undefined ? null : { p50: found.p50 * 1_000, p95: found.p95 * 1_000, p99: found.p99 * 1_000 };
};

/** Kinds of which there was none are left out. */
export const refusedIn = (growth: Growth | undefined): Refused | null => {
  if (growth === undefined) return null;
  const others = Object.entries(REFUSALS).map(([name, words]) => [words, growth.total(name)] as const);
  return Object.fromEntries([...growth.by(ERRORS, 'type'), ...others].filter(([, count]) => count > 0));
};
