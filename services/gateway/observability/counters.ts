import { Counter, type Registry } from 'prom-client';
import { CLIENT_ERRORS, SERVER_ERRORS } from '../../protocol/error-codes.js';
import { BACKGROUND_TASKS } from '../lifecycle/background-tasks.js';
import { DISCONNECT_REASONS, ENDPOINTS, SESSION_ORIGINS } from './metrics.js';

const RECOVERY_RESULTS = ['true', 'false'] as const;

/** How often each of a fixed list of values came. */
class Tally<Value extends string> {
  readonly #counts: Map<Value, number>;

  constructor(values: readonly Value[]) {
    this.#counts = new Map(values.map((value) => [value, 0]));
  }

  add(value: Value): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  /** Every value, also those that never came. */
  [Symbol.iterator](): Iterator<[Value, number]> {
    return this.#counts.entries();
  }
}

/** What a worker has counted, as plain numbers: the message path adds to them, the registry reads them when asked. */
export class Counts {
  accepted = 0;
  duplicates = 0;
  received = 0;
  sent = 0;
  failed = 0;
  targeted = 0;
  gapsFilled = 0;
  ordersBroken = 0;
  fellBehind = 0;
  heartbeatTimeouts = 0;
  queueOverflows = 0;
  unauthorized = 0;
  originsRefused = 0;
  rateLimitedMessages = 0;
  rateLimitedConnections = 0;
  rateLimitDisconnects = 0;
  readonly connections = new Tally(ENDPOINTS);
  readonly disconnections = new Tally(DISCONNECT_REASONS);
  readonly sessions = new Tally(SESSION_ORIGINS);
  readonly errors = new Tally([...CLIENT_ERRORS, ...SERVER_ERRORS]);
  readonly recoveries = new Tally(RECOVERY_RESULTS);
  readonly restarts = new Tally(BACKGROUND_TASKS);
}

type Total = Readonly<{ name: string; help: string; value(counts: Counts): number }>;
/** One series for each value of its label, from the start: a rate sees the first of each too. */
type LabelledTotal = Readonly<{
  name: string;
  help: string;
  label: string;
  values(counts: Counts): Iterable<readonly [string, number]>;
}>;

const TOTALS: readonly Total[] = [
  {
    name: 'websocket_messages_total',
    help: 'Messages accepted: logged and acked',
    value: ({ accepted }) => accepted,
  },
  {
    name: 'websocket_messages_duplicate_total',
    help: 'Publishes that had been accepted before',
    value: ({ duplicates }) => duplicates,
  },
  {
    name: 'websocket_messages_targeted_total',
    help: 'Messages to a client by its name, whoever they reached',
    value: ({ targeted }) => targeted,
  },
  { name: 'websocket_messages_received_total', help: 'Frames from clients', value: ({ received }) => received },
  { name: 'websocket_messages_sent_total', help: 'Frames to clients', value: ({ sent }) => sent },
  {
    name: 'websocket_messages_failed_total',
    help: 'Publishes refused, outcome unknown included',
    value: ({ failed }) => failed,
  },
  {
    name: 'websocket_gaps_filled_total',
    help: 'Publications that pub/sub lost and the log gave',
    value: ({ gapsFilled }) => gapsFilled,
  },
  {
    name: 'websocket_orders_broken_total',
    help: 'Gaps that the log could not fill',
    value: ({ ordersBroken }) => ordersBroken,
  },
  {
    name: 'websocket_slow_consumers_total',
    help: 'Subscriptions that fell behind',
    value: ({ fellBehind }) => fellBehind,
  },
  {
    name: 'websocket_heartbeat_timeouts_total',
    help: 'Connections that showed no life',
    value: ({ heartbeatTimeouts }) => heartbeatTimeouts,
  },
  {
    name: 'websocket_queue_overflows_total',
    help: 'Messages refused, too many waited for Redis',
    value: ({ queueOverflows }) => queueOverflows,
  },
  {
    name: 'websocket_unauthorized_total',
    help: 'WebSockets closed as they opened, for want of a good token',
    value: ({ unauthorized }) => unauthorized,
  },
  {
    name: 'websocket_origins_refused_total',
    help: 'Handshakes of pages whose origin may not connect',
    value: ({ originsRefused }) => originsRefused,
  },
  {
    name: 'websocket_rate_limited_messages_total',
    help: 'Messages over the rate limit',
    value: ({ rateLimitedMessages }) => rateLimitedMessages,
  },
  {
    name: 'websocket_rate_limited_connections_total',
    help: 'Handshakes over the rate limit',
    value: ({ rateLimitedConnections }) => rateLimitedConnections,
  },
  {
    name: 'websocket_rate_limit_disconnects_total',
    help: 'Connections closed for too many violations',
    value: ({ rateLimitDisconnects }) => rateLimitDisconnects,
  },
];

const LABELLED_TOTALS: readonly LabelledTotal[] = [
  {
    name: 'websocket_connections_total',
    help: 'WebSockets opened',
    label: 'endpoint',
    values: ({ connections }) => connections,
  },
  {
    name: 'websocket_disconnections_total',
    help: 'WebSockets closed',
    label: 'reason',
    values: ({ disconnections }) => disconnections,
  },
  {
    name: 'websocket_sessions_total',
    help: 'Sessions opened: new, resumed, or asked for and unknown',
    label: 'how',
    values: ({ sessions }) => sessions,
  },
  {
    name: 'websocket_errors_total',
    help: 'Error frames sent, by code',
    label: 'type',
    values: ({ errors }) => errors,
  },
  {
    name: 'websocket_recoveries_total',
    help: 'Subscriptions with recover, by result',
    label: 'recovered',
    values: ({ recoveries }) => recoveries,
  },
  {
    name: 'websocket_background_restarts_total',
    help: 'Loops of the background that had died and were started again',
    label: 'task',
    values: ({ restarts }) => restarts,
  },
];

export const registerCounters = (registry: Registry, counts: Counts): void => {
  for (const { name, help, value } of TOTALS) registerTotal(registry, name, help, () => value(counts));
  for (const { name, help, label, values } of LABELLED_TOTALS) {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect: () => {
        counter.reset();
        for (const [of, total] of values(counts)) counter.inc({ [label]: of }, total);
      },
    });
  }
};

/** A total that is kept elsewhere. */
export const registerTotal = (registry: Registry, name: string, help: string, value: () => number): void => {
  const counter: Counter = new Counter({
    name,
    help,
    registers: [registry],
    collect: () => {
      counter.reset();
      counter.inc(value());
    },
  });
};
