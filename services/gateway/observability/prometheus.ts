import { AggregatorRegistry, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { ErrorCode } from '../../protocol/error-codes.js';
import type { BackgroundTask } from '../lifecycle/background-tasks.js';
import type { HandlerOutcome } from '../handlers/run.js';
import { Counts, registerCounters } from './counters.js';
import { registerMoments, type MomentSources } from './gauges.js';
import { HandlerMetrics } from './handler-metrics.js';
import type { DisconnectReason, Endpoint, MetricSnapshot, Metrics, MetricsExporter, SessionOrigin } from './metrics.js';
import { replaceOpenFiles } from './open-files.js';
import { PlainHistogram } from './plain-histogram.js';
import { Rates } from './rates.js';
import { flatten, unflatten } from './series.js';

export type PrometheusOptions = Readonly<{
  color: string;
  worker: string;
  release: string;
  sources: MomentSources;
  /** Told of the same, where it concerns a deploy. */
  vitals: Metrics;
}>;

/** From half a millisecond, which is a Redis on the same machine, to what a client takes for a failure, s. */
const LATENCY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** `Metrics` in a prom-client registry of its own. What happens to each message is an addition to plain numbers. */
export class PrometheusMetrics implements Metrics, MetricsExporter {
  /** What workers add up to a cluster. */
  readonly #registry = new Registry();
  /** Of the process alone: costly to ask (`/proc`), and its sum over workers says nothing. */
  readonly #process = new Registry();
  readonly #counts = new Counts();
  readonly #rates = new Rates(this.#counts);
  readonly #durations: PlainHistogram;
  readonly #acks: PlainHistogram;
  readonly #deliveries: PlainHistogram;
  readonly #handlers: HandlerMetrics;
  readonly #http: Histogram<'route' | 'status'>;
  readonly #vitals: Metrics;

  constructor({ color, worker, release, sources, vitals }: PrometheusOptions) {
    const registry = this.#registry;
    this.#vitals = vitals;
    collectDefaultMetrics({ register: this.#process });
    replaceOpenFiles(this.#process);
    registerCounters(registry, this.#counts);
    registerMoments(registry, sources, this.#rates);
    new Gauge({
      name: 'websocket_release_info',
      help: 'Which release a worker runs',
      labelNames: ['color', 'worker', 'release'],
      aggregator: 'max',
      registers: [registry],
    }).set({ color, worker, release }, 1);
    this.#durations = new PlainHistogram({
      name: 'websocket_connection_duration_seconds',
      help: 'How long connections lasted',
      buckets: [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400],
      registry,
    });
    this.#acks = new PlainHistogram({
      name: 'websocket_publish_ack_seconds',
      help: 'From the publish frame to its ack, Redis included',
      buckets: LATENCY_BUCKETS,
      registry,
    });
    this.#deliveries = new PlainHistogram({
      name: 'websocket_delivery_seconds',
      help: "From a publication's place in the log to its fan-out on a worker, across Redis",
      buckets: LATENCY_BUCKETS,
      registry,
    });
    this.#handlers = new HandlerMetrics(registry, sources.applicationTypes);
    this.#http = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'HTTP requests and WebSocket handshakes',
      labelNames: ['route', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
      registers: [registry],
    });
  }

  start(): void {
    this.#rates.start();
  }
  stop(): void {
    this.#rates.stop();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  connectionOpened(endpoint: Endpoint): void {
    this.#counts.connections.add(endpoint);
  }
  connectionClosed(reason: DisconnectReason, durationSeconds: number): void {
    this.#counts.disconnections.add(reason);
    this.#durations.record(durationSeconds);
    this.#vitals.connectionClosed(reason, durationSeconds);
  }
  sessionOpened(how: SessionOrigin): void {
    this.#counts.sessions.add(how);
    this.#vitals.sessionOpened(how);
  }
  messageReceived(): void {
    this.#counts.received += 1;
  }
  messageAccepted(duplicate: boolean, seconds: number): void {
    if (duplicate) this.#counts.duplicates += 1;
    else this.#counts.accepted += 1;
    this.#acks.record(seconds);
    this.#vitals.messageAccepted(duplicate, seconds);
  }
  messageTargeted(): void {
    this.#counts.targeted += 1;
  }
  handlerCalled(handler: string, outcome: HandlerOutcome, seconds: number): void {
    this.#handlers.called(handler, outcome, seconds);
  }
  messageFailed(): void {
    this.#counts.failed += 1;
    this.#vitals.messageFailed();
  }
  frameSent(): void {
    this.#counts.sent += 1;
  }
  fannedOut(connections: number): void {
    this.#counts.sent += connections;
  }
  deliveredAfter(ms: number, connections: number): void {
    // What only the stack's own probes got is no user's.
    if (connections > 0) this.#deliveries.record(ms / 1000);
    this.#vitals.deliveredAfter(ms, connections);
  }
  gapFilled(publications: number): void {
    this.#counts.gapsFilled += publications;
  }
  orderBroken(): void {
    this.#counts.ordersBroken += 1;
  }
  fellBehind(): void {
    this.#counts.fellBehind += 1;
  }
  error(code: ErrorCode): void {
    this.#counts.errors.add(code);
  }
  heartbeatTimedOut(): void {
    this.#counts.heartbeatTimeouts += 1;
  }
  backgroundRestarted(task: BackgroundTask): void {
    this.#counts.restarts.add(task);
  }
  queueOverflowed(): void {
    this.#counts.queueOverflows += 1;
  }
  unauthorized(): void {
    this.#counts.unauthorized += 1;
    this.#vitals.unauthorized();
  }
  originRefused(): void {
    this.#counts.originsRefused += 1;
  }
  messageRateLimited(): void {
    this.#counts.rateLimitedMessages += 1;
  }
  connectionRateLimited(): void {
    this.#counts.rateLimitedConnections += 1;
  }
  rateLimitDisconnected(): void {
    this.#counts.rateLimitDisconnects += 1;
  }
  recovered(recovered: boolean): void {
    this.#counts.recoveries.add(recovered ? 'true' : 'false');
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
}
