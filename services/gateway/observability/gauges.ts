import { Gauge, type Registry } from 'prom-client';
import { registerTotal } from './counters.js';
import type { Rates } from './rates.js';

/** What a worker is at this moment, asked when somebody reads the metrics. */
export type MomentSources = Readonly<{
  /** WebSockets: all, and those whose client claimed a name. */
  connections(): Readonly<{ open: number; named: number }>;
  /** Bytes that wait for clients to read. */
  bufferedBytes(): number;
  /** Channels of the hub, and subscriptions that are behind. */
  channels(): Readonly<{ subscribed: number; slowConsumers: number }>;
  /** Null: the worker is not being emptied. */
  drain(): Readonly<{ remaining: number; started_at: string }> | null;
  /** `roundTripMs` is undefined before the first answer. */
  redis(): Readonly<{ up: boolean; roundTripMs: number | undefined; pubsubLagMs: number }>;
  /** Whether JWKS_URL gave keys when it was asked last; true where nothing is asked for there. */
  tokenKeysUp(): boolean;
  /** Messages that wait for Redis, and how many may. */
  queue(): Readonly<{ size: number; capacity: number }>;
  /** Log lines that wait to be shipped, and those given up since the start. */
  logs(): Readonly<{ buffered: number; dropped: number }>;
  /** By how much timers come late, ms. */
  eventLoopLagMs(): number;
  /** Types of message that a client can send, those of the application included. */
  handlers: number;
  /** Types that the application has handlers for. */
  applicationTypes: readonly string[];
  /** Calls of handlers that have not ended. */
  runningCalls(): number;
}>;

/** Of the workers of a cluster, as prom-client names it: what adds up, and what is only as good as the worst of them. */
type Aggregator = 'sum' | 'max' | 'min';

type Moment = Readonly<{
  name: string;
  help: string;
  aggregator: Aggregator;
  value(sources: MomentSources, rates: Rates): number;
}>;

const MOMENTS: readonly Moment[] = [
  {
    name: 'websocket_active_connections',
    help: 'Open WebSockets',
    aggregator: 'sum',
    value: (sources) => sources.connections().open,
  },
  {
    name: 'websocket_active_named_connections',
    help: 'Open WebSockets whose client has a name of its own',
    aggregator: 'sum',
    value: (sources) => sources.connections().named,
  },
  {
    name: 'websocket_active_anonymous_connections',
    help: 'Open WebSockets whose client has no name of its own',
    aggregator: 'sum',
    value: (sources) => {
      const { open, named } = sources.connections();
      return open - named;
    },
  },
  {
    name: 'websocket_received_per_sec',
    help: 'Frames from clients a second, over 60 s',
    aggregator: 'sum',
    value: (_sources, rates) => rates.read().received,
  },
  {
    name: 'websocket_sent_per_sec',
    help: 'Frames to clients a second, over 60 s',
    aggregator: 'sum',
    value: (_sources, rates) => rates.read().sent,
  },
  {
    name: 'websocket_failed_per_sec',
    help: 'Publishes refused a second, over 60 s',
    aggregator: 'sum',
    value: (_sources, rates) => rates.read().failed,
  },
  {
    name: 'websocket_queue_size',
    help: 'Messages that wait for Redis',
    aggregator: 'sum',
    value: (sources) => sources.queue().size,
  },
  {
    name: 'websocket_queue_utilization',
    help: 'How full the queue is, 0 to 1',
    aggregator: 'max',
    value: (sources) => {
      const { size, capacity } = sources.queue();
      return size / capacity;
    },
  },
  {
    name: 'websocket_handlers_registered',
    help: 'Types of message that a client can send',
    aggregator: 'max',
    value: ({ handlers }) => handlers,
  },
  {
    name: 'websocket_handler_calls_running',
    help: 'Calls of handlers at work, given up or not',
    aggregator: 'sum',
    value: (sources) => sources.runningCalls(),
  },
  {
    name: 'websocket_buffered_bytes',
    help: 'Bytes that wait for clients to read',
    aggregator: 'sum',
    value: (sources) => sources.bufferedBytes(),
  },
  {
    name: 'websocket_slow_consumers',
    help: 'Subscriptions that are behind',
    aggregator: 'sum',
    value: (sources) => sources.channels().slowConsumers,
  },
  {
    name: 'websocket_subscribed_channels',
    help: 'Channels that workers listen to',
    aggregator: 'sum',
    value: (sources) => sources.channels().subscribed,
  },
  {
    name: 'websocket_event_loop_lag_seconds',
    help: 'By how much timers come late: p99 of the worst moment of the last 5 s',
    aggregator: 'max',
    value: (sources) => sources.eventLoopLagMs() / 1000,
  },
  {
    name: 'websocket_redis_up',
    help: '1: Redis takes what this worker writes',
    aggregator: 'min',
    value: (sources) => Number(sources.redis().up),
  },
  {
    name: 'websocket_token_keys_up',
    help: '1: JWKS_URL gave keys of tokens when it was asked last, or is not set',
    aggregator: 'min',
    value: (sources) => Number(sources.tokenKeysUp()),
  },
  {
    name: 'websocket_redis_round_trip_seconds',
    help: 'How long Redis took for the last renewal of the lease',
    aggregator: 'max',
    value: (sources) => (sources.redis().roundTripMs ?? 0) / 1000,
  },
  {
    name: 'websocket_pubsub_lag_seconds',
    help: 'How long a beat takes through Redis pub/sub and back; grows while none comes back',
    aggregator: 'max',
    value: (sources) => sources.redis().pubsubLagMs / 1000,
  },
  {
    name: 'websocket_draining',
    help: '1: this worker is being emptied',
    aggregator: 'sum',
    value: (sources) => Number(sources.drain() !== null),
  },
  {
    name: 'websocket_drain_remaining_connections',
    help: 'Clients that a drain has still to move',
    aggregator: 'sum',
    value: (sources) => sources.drain()?.remaining ?? 0,
  },
  {
    name: 'websocket_drain_seconds',
    help: 'Since the running drain began; 0 when nobody is left to move',
    aggregator: 'max',
    value: (sources) => {
      const drain = sources.drain();
      return drain === null || drain.remaining === 0 ? 0 : (Date.now() - Date.parse(drain.started_at)) / 1000;
    },
  },
  {
    name: 'websocket_log_buffered_lines',
    help: 'Log lines that wait to be shipped',
    aggregator: 'sum',
    value: (sources) => sources.logs().buffered,
  },
];

export const registerMoments = (registry: Registry, sources: MomentSources, rates: Rates): void => {
  for (const { name, help, aggregator, value } of MOMENTS) {
    const gauge: Gauge = new Gauge({
      name,
      help,
      aggregator,
      registers: [registry],
      collect: () => gauge.set(value(sources, rates)),
    });
  }
  registerTotal(
    registry,
    'websocket_log_lines_dropped_total',
    'Log lines that could not be shipped',
    () => sources.logs().dropped,
  );
};
