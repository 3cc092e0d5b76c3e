import { AggregatorRegistry, Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { CLIENT_ERRORS, SERVER_ERRORS, type ErrorCode } from '../../protocol/error-codes.js';
import type { DisconnectReason, MetricSnapshot, Metrics, MetricsExporter } from './metrics.js';
import { flatten, unflatten } from './series.js';

export type PrometheusOptions = Readonly<{
  color: string;
  worker: string;
  release: string;
  connections(): number;
  /** Told of the same, where it concerns a deploy. */
  vitals: Metrics;
}>;

/** `Metrics` in a prom-client registry of its own. */
export class PrometheusMetrics implements Metrics, MetricsExporter {
  /** What workers add up to a cluster. */
  readonly #registry = new Registry();
  /** Of the process alone: costly to ask (`/proc`), and its sum over workers says nothing. */
  readonly #process = new Registry();
  readonly #plain = {
    received: 0,
    accepted: 0,
    duplicates: 0,
    failed: 0,
    sent: 0,
    gapsFilled: 0,
    ordersBroken: 0,
    fellBehind: 0,
    heartbeatTimeouts: 0,
    queueOverflows: 0,
    rateLimitedMessages: 0,
    rateLimitedConnections: 0,
    rateLimitDisconnects: 0,
  };
  readonly #connections: Counter<'endpoint'>;
  readonly #disconnections: Counter<'reason'>;
  readonly #durations: Histogram;
  readonly #sessions: Counter<'how'>;
  readonly #errors: Counter<'type'>;
  readonly #recoveries: Counter<'recovered'>;
  readonly #restarts: Counter<'task'>;
  readonly #acks: Histogram;
  readonly #http: Histogram<'route' | 'status'>;
  readonly #vitals: Metrics;

  constructor({ color, worker, release, connections, vitals }: PrometheusOptions) {
    this.#vitals = vitals;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#process });
    this.#gauge('websocket_active_connections', 'Open WebSockets', connections);
    new Gauge({
      name: 'websocket_release_info',
      help: 'Which release a worker runs',
      labelNames: ['color', 'worker', 'release'],
      registers,
    }).set({ color, worker, release }, 1);
    const plain = this.#plain;
    this.#total('websocket_messages_total', 'Messages accepted: logged and acked', () => plain.accepted);
    this.#total(
      'websocket_messages_duplicate_total',
      'Publishes that had been accepted before',
      () => plain.duplicates,
    );
    this.#total('websocket_messages_received_total', 'Frames from clients', () => plain.received);
    this.#total('websocket_messages_sent_total', 'Frames to clients', () => plain.sent);
    this.#total('websocket_messages_failed_total', 'Publishes refused, outcome unknown included', () => plain.failed);
    this.#total(
      'websocket_gaps_filled_total',
      'Publications that pub/sub lost and the log gave',
      () => plain.gapsFilled,
    );
    this.#total('websocket_orders_broken_total', 'Gaps that the log could not fill', () => plain.ordersBroken);
    this.#total('websocket_slow_consumers_total', 'Subscriptions that fell behind', () => plain.fellBehind);
    this.#total('websocket_heartbeat_timeouts_total', 'Connections that showed no life', () => plain.heartbeatTimeouts);
    this.#total(
      'websocket_queue_overflows_total',
      'Messages refused, too many waited for Redis',
      () => plain.queueOverflows,
    );
    this.#total(
      'websocket_rate_limited_messages_total',
      'Messages over the rate limit',
      () => plain.rateLimitedMessages,
    );
    this.#total(
      'websocket_rate_limited_connections_total',
      'Handshakes over the rate limit',
      () => plain.rateLimitedConnections,
    );
    this.#total(
      'websocket_rate_limit_disconnects_total',
      'Connections closed for too many violations',
      () => plain.rateLimitDisconnects,
    );
    this.#connections = new Counter({
      name: 'websocket_connections_total',
      help: 'WebSockets opened',
      labelNames: ['endpoint'],
      registers,
    });
    this.#disconnections = new Counter({
      name: 'websocket_disconnections_total',
      help: 'WebSockets closed',
      labelNames: ['reason'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'websocket_connection_duration_seconds',
      help: 'How long connections lasted',
      buckets: [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400],
      registers,
    });
    this.#sessions = new Counter({
      name: 'websocket_sessions_total',
      help: 'Sessions opened: new, resumed, or asked for and unknown',
      labelNames: ['how'],
      registers,
    });
    this.#errors = new Counter({
      name: 'websocket_errors_total',
      help: 'Error frames sent, by code',
      labelNames: ['type'],
      registers,
    });
    for (const type of [...CLIENT_ERRORS, ...SERVER_ERRORS]) this.#errors.inc({ type }, 0);
    this.#recoveries = new Counter({
      name: 'websocket_recoveries_total',
      help: 'Subscriptions with recover, by result',
      labelNames: ['recovered'],
      registers,
    });
    this.#restarts = new Counter({
      name: 'websocket_background_restarts_total',
      help: 'Loops of the background that had died and were started again',
      labelNames: ['task'],
      registers,
    });
    this.#acks = new Histogram({
      name: 'websocket_publish_ack_seconds',
      help: 'From the publish frame to its ack, Redis included',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers,
    });
    this.#http = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'HTTP requests and WebSocket handshakes',
      labelNames: ['route', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
      registers,
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  connectionOpened(endpoint: string): void {
    this.#connections.inc({ endpoint });
  }
  connectionClosed(reason: DisconnectReason, durationSeconds: number): void {
    this.#disconnections.inc({ reason });
    this.#durations.observe(durationSeconds);
    this.#vitals.connectionClosed(reason, durationSeconds);
  }
  sessionOpened(how: 'new' | 'resumed' | 'unknown'): void {
    this.#sessions.inc({ how });
    this.#vitals.sessionOpened(how);
  }
  messageReceived(): void {
    this.#plain.received += 1;
  }
  messageAccepted(duplicate: boolean, seconds: number): void {
    if (duplicate) this.#plain.duplicates += 1;
    else this.#plain.accepted += 1;
    this.#acks.observe(seconds);
    this.#vitals.messageAccepted(duplicate, seconds);
  }
  messageFailed(): void {
    this.#plain.failed += 1;
    this.#vitals.messageFailed();
  }
  frameSent(): void {
    this.#plain.sent += 1;
  }
  fannedOut(connections: number): void {
    this.#plain.sent += connections;
  }
  deliveredAfter(ms: number): void {
    this.#vitals.deliveredAfter(ms);
  }
  gapFilled(publications: number): void {
    this.#plain.gapsFilled += publications;
  }
  orderBroken(): void {
    this.#plain.ordersBroken += 1;
  }
  fellBehind(): void {
    this.#plain.fellBehind += 1;
  }
  error(code: ErrorCode): void {
    this.#errors.inc({ type: code });
  }
  heartbeatTimedOut(): void {
    this.#plain.heartbeatTimeouts += 1;
  }
  backgroundRestarted(task: string): void {
    this.#restarts.inc({ task });
  }
  queueOverflowed(): void {
    this.#plain.queueOverflows += 1;
  }
  messageRateLimited(): void {
    this.#plain.rateLimitedMessages += 1;
  }
  connectionRateLimited(): void {
    this.#plain.rateLimitedConnections += 1;
  }
  rateLimitDisconnected(): void {
    this.#plain.rateLimitDisconnects += 1;
  }
  recovered(recovered: boolean): void {
    this.#recoveries.inc({ recovered: String(recovered) });
    this.#vitals.recovered(recovered);
  }
  httpResponse(route: string, status: number, seconds: number): void {
    this.#http.observe({ route, status: String(status) }, seconds);
  }

  worker(): Promise<string> {
    return Registry.merge([this.#registry, this.#process]).metrics();
  }

  async snapshot(): Promise<MetricSnapshot> {
    return flatten(await this.#registry.getMetricsAsJSON());
  }

  async cluster(live: readonly MetricSnapshot[], ended: MetricSnapshot['totals']): Promise<string> {
    const known = await this.#registry.getMetricsAsJSON();
    const sources = [...live, { totals: ended, gauges: {} }].map((snapshot) => unflatten(snapshot, known));
    return AggregatorRegistry.aggregate(sources).metrics();
  }

  #total(name: string, help: string, value: () => number): void {
    const counter: Counter = new Counter({
      name,
      help,
      registers: [this.#registry],
      collect: () => {
        counter.reset();
        counter.inc(value());
      },
    });
  }

  #gauge(name: string, help: string, value: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.#registry], collect: () => gauge.set(value()) });
  }
}
