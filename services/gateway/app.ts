import { CLIENT_FRAME_TYPES } from '../protocol/decode-client.js';
import type { TaskQueue } from '../task-queue/task-queue.js';
import type { Broker, BrokerHealth } from './broker/broker.js';
import { Cluster } from './cluster/cluster.js';
import type { WorkerIdentity } from './cluster/identity.js';
import { allowedOrigins, allowsAnonymous, coversStats } from './config/mode.js';
import { rateLimits } from './config/rate-limits.js';
import type { Config } from './config/settings.js';
import { Admin } from './endpoints/admin/admin.js';
import { deliveryLagGauge, restartedGauge } from './endpoints/admin/figures.js';
import { RateMeter } from './endpoints/admin/rates.js';
import { chartSampler } from './endpoints/admin/samples.js';
import type { EndpointContext } from './endpoints/context.js';
import { Door } from './endpoints/door.js';
import { operatorCheck } from './endpoints/http/operator.js';
import { metricValues } from './endpoints/metrics-stream/events.js';
import { StreamSources } from './endpoints/metrics-stream/sources.js';
import { Leavings } from './endpoints/plain/leavings.js';
import { encodePublication, PLAIN } from './endpoints/plain/plain-channel.js';
import { Handlers } from './handlers/handlers.js';
import { RunningCalls } from './handlers/running-calls.js';
import { DEFAULT_HUB_OPTIONS, Hub } from './hub/hub.js';
import { DEFAULT_PRESENCE, Presence } from './hub/presence.js';
import { originCheck } from './identity/origins.js';
import { Revocations } from './identity/revocations.js';
import { TokenVerifier } from './identity/token-verifier.js';
import { BackgroundWatch } from './lifecycle/background-watch.js';
import { Connections } from './lifecycle/connections.js';
import { Draining } from './lifecycle/draining.js';
import { Limits } from './limits/limits.js';
import { EventSampler, type Logger } from './observability/logger.js';
import type { MetricSnapshot } from './observability/metrics.js';
import { OffenderSampler } from './observability/offender-sampler.js';
import { Observation } from './observability/observation.js';
import { readNamespaces } from './permissions/namespaces.js';
import { Permissions } from './permissions/permissions.js';
import { Places } from './session/places.js';
import { Replacements } from './session/replacements.js';
import { Sessions } from './session/sessions.js';
import { createServer } from './serving.js';
import { addressList } from './transport/client-address.js';
import { createWheels } from './wheels.js';

export type AppDependencies = Readonly<{
  config: Config;
  identity: WorkerIdentity;
  broker: Broker;
  logger: Logger;
  /** Folder of what browsers get: the built pages, and the client library. */
  pages: string;
  /** Of the application; default: it has none. */
  handlers?: Handlers;
  /** Undefined: there is no queue of tasks. */
  tasks?: TaskQueue | undefined;
  /** Lines on their way to Loki; undefined: they are not shipped. */
  logs?: ShippedLogs | undefined;
  /** After the last goodbye, so that close frames leave the kernel before the process does, ms. */
  lingerMs?: number;
}>;

/** What a worker needs of whatever ships its log lines. */
export interface ShippedLogs {
  /** Lines that wait, and those given up since the start. */
  counts(): Readonly<{ buffered: number; dropped: number }>;
  /** Sends what waits, and gives up what is left after `withinMs`. Once more later for the lines since. */
  close(withinMs: number): Promise<void>;
}

/** One worker, wired. Nothing is shared between two of them in one process. */
export interface App {
  /** Listens; resolves with the port. @throws ListenFailed */
  start(): Promise<number>;
  /** Not ready, listener closed, connections moved in slots, places written, Redis quit. Bounded, idempotent. */
  stop(): Promise<void>;
  readonly connections: Connections;
  readonly draining: Draining;
  readonly revocations: Revocations;
}

const LINGER_MS = 250;
/** Every connection is gone by then: nobody waits for it. */
export const LAST_LINES_MS = 1_000;

/** @throws TransportUnavailable */
export const createApp = async ({
  config,
  identity,
  broker,
  logger,
  pages,
  handlers = new Handlers(),
  tasks,
  logs,
  lingerMs = LINGER_MS,
}: AppDependencies): Promise<App> => {
  const connections = new Connections();
  const runningCalls = new RunningCalls(config.HANDLER_CALLS);
  const observation = new Observation({
    ...identity,
    sources: {
      connections: () => ({ open: connections.shown, named: connections.named }),
      bufferedBytes: () => server.bufferedBytes,
      channels: () => ({ subscribed: hub.channelCount, slowConsumers: hub.slowConsumers }),
      drain: () => draining.status(),
      redis: () => ({
        up: health().redis === undefined,
        roundTripMs: membership.roundTripMs,
        pubsubLagMs: cluster.beat.lagMs,
      }),
      queue: () => broker.queue(),
      logs: () => logs?.counts() ?? { buffered: 0, dropped: 0 },
      handlers: CLIENT_FRAME_TYPES.length + handlers.types.size,
      applicationTypes: [...handlers.types],
      runningCalls: () => runningCalls.size,
    },
  });
  const { metrics, vitals } = observation;
  const draining = new Draining(connections, {
    rate: config.DRAIN_RATE,
    graceMs: config.DRAIN_GRACE * 1000,
    stopTimeoutMs: config.GRACEFUL_SHUTDOWN_TIMEOUT * 1000,
  });
  const hub = new Hub(broker.log, { publish: (topic, text) => server.publish(topic, text) }, metrics, {
    ...DEFAULT_HUB_OPTIONS,
    encode: encodePublication,
    slowConsumerBytes: config.SLOW_CONSUMER_BYTES,
    positionIntervalMs: config.POSITION_CHECK_INTERVAL * 1000,
    // Who is away misses what is said there [deploy-3].
    recovers: (channel) => channel !== PLAIN,
  });
  const trusted = addressList(config.RATE_LIMIT_TRUSTED);
  const limits = new Limits(
    { ...rateLimits(config), isTrusted: (ip) => trusted.has(ip) },
    broker.sessions,
    broker.addresses,
  );
  const places = new Places(broker.sessions, config.PLACE_INTERVAL * 1000);
  const snapshot = async (): Promise<MetricSnapshot> => {
    const { totals, gauges } = await metrics.snapshot();
    const ofLease = {
      ...deliveryLagGauge(vitals.read().delivery_lag_ms),
      ...restartedGauge(membership.predecessor !== undefined),
    };
    return { totals, gauges: { ...ofLease, ...gauges } };
  };
  const sampledRates = new RateMeter();
  const chartValues = chartSampler(sampledRates);
  const cluster = new Cluster({
    identity,
    broker,
    connections,
    limitReports: limits.reports,
    snapshot,
    leaseIntervalMs: config.LEASE_INTERVAL * 1000,
    sampleIntervalMs: config.METRICS_SAMPLE_INTERVAL * 1000,
    historyMs: config.METRICS_HISTORY * 1000,
    sampleValues: (statistics) => ({ ...metricValues(statistics), ...chartValues(statistics) }),
  });
  const { membership, statistics, messages } = cluster;
  const presence = new Presence(broker.presence, { ...DEFAULT_PRESENCE, renewedAt: () => membership.renewedAt });
  const replacements = new Replacements(messages, identity.workerId, (id) => connections.get(id)?.replace());
  const streams = new StreamSources(statistics, broker.samples, config.METRICS_HEARTBEAT_INTERVAL * 1000);
  const wheels = createWheels(config, broker.sessions);
  const verifier = new TokenVerifier(config, logger);
  const revocations = new Revocations(broker.revocations, connections);
  const isOperator = operatorCheck(config.CONTROL_TOKEN);
  const admin = new Admin({
    identity,
    cluster,
    samples: broker.samples,
    rates: sampledRates,
    journal: broker.journal,
    connections,
    hub,
    presence,
    logger,
    password: config.ADMIN_PASSWORD,
    controlToken: config.CONTROL_TOKEN,
    revocations,
    revocationStore: broker.revocations,
    keepRevocationsMs: config.REVOCATION_TTL * 1000,
    cookiePath: coversStats(config) ? '/' : '/admin',
    isOperator,
  });
  const leavings = new Leavings(broker.log);
  const offenders = new OffenderSampler();
  const background = new BackgroundWatch(
    [...Object.values(wheels), places, leavings, presence, revocations, offenders]
      .map(({ loop }) => loop)
      .concat(hub.loops, cluster.loops, streams.loops, verifier.loops),
    config.TASK_RESTART_INTERVAL * 1000,
    {
      restarted: (task, error) => {
        metrics.backgroundRestarted(task);
        logger.error({ event: 'background_restarted', task, error }, 'Background task had died and was started again');
      },
    },
  );
  const clockwork = [
    background,
    places,
    ...Object.values(wheels),
    streams,
    leavings,
    observation,
    verifier,
    revocations,
    offenders,
  ];

  const health = (): BrokerHealth => {
    const { redis, subscribed } = broker.health();
    return { redis: redis ?? membership.trouble, subscribed };
  };

  const context: EndpointContext = {
    identity,
    log: broker.log,
    clients: cluster.clients,
    hub,
    presence,
    limits,
    sessions: new Sessions(broker.sessions, identity.workerId),
    places,
    connections,
    beats: wheels.beats,
    idleChecks: wheels.idleChecks,
    idle: {
      afterMs: config.IDLE_TIMEOUT * 1000,
      checkMs: config.IDLE_CHECK_INTERVAL * 1000,
      disconnectAfterMs: config.IDLE_DISCONNECT === undefined ? undefined : config.IDLE_DISCONNECT * 1000,
    },
    touches: wheels.touches,
    metrics,
    ownMetrics: vitals.metrics,
    logger,
    sampler: new EventSampler(config.LOG_MESSAGES_PER_SECOND),
    offenders,
    heartbeat: config.ENABLE_HEARTBEAT,
    heartbeatIntervalMs: config.WEBSOCKET_HEARTBEAT_INTERVAL * 1000,
    heartbeatTimeoutMs: config.HEARTBEAT_TIMEOUT * 1000,
    maxClientErrors: config.MAX_CLIENT_ERRORS,
    door: new Door({
      allowsAnonymous: allowsAnonymous(config),
      isOriginAllowed: originCheck(allowedOrigins(config)),
      verifier,
      revocations,
      metrics,
      logger,
    }),
    permissions: new Permissions(readNamespaces(config.NAMESPACES)),
    tokenTimes: { warningMs: config.TOKEN_WARNING * 1000, toleranceMs: config.JWT_CLOCK_TOLERANCE * 1000 },
    handlers,
    handlerTimeoutMs: config.HANDLER_TIMEOUT * 1000,
    tasks,
    runningCalls,
    maxChannels: config.MAX_CHANNELS,
    refusal: () => {
      const { redis } = health();
      return redis === undefined ? undefined : `not ready: ${redis}`;
    },
    clusterConnections: () => membership.clusterConnections,
    replace: (owner) => replacements.replace(owner),
  };

  const server = await createServer({
    config,
    context,
    broker,
    health,
    cluster,
    observation,
    draining,
    admin,
    streams,
    leavings,
    placeAsks: wheels.placeAsks,
    pages,
    tasks,
    isOperator,
  });

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    server.stopListening();
    const empty = await draining.finish();
    logger.info({ event: 'drain_finished', empty, left: connections.size }, 'WebSocket connections moved');
    for (const connection of connections.all()) connection.cutShort();
    for (const part of clockwork) part.stop();
    await places.flush();
    await presence.stop();
    // Before the lease: its final totals count what was given up.
    await logs?.close(LAST_LINES_MS);
    await cluster.stop();
    hub.stop();
    await tasks?.stop();
    await broker.stop();
    await new Promise((resolve) => setTimeout(resolve, lingerMs));
    server.close();
  };

  return {
    connections,
    draining,
    revocations,
    start: async () => {
      await broker.start({
        publication: (channel, publication) => hub.publication(channel, publication),
        resumed: () => {
          hub.resumed();
          presence.resumed();
        },
        told: (message) => messages.told(message),
        presenceChanged: (channel, change) => presence.watch.changed(channel, change),
        clientTold: (clientId, message) => cluster.clients.told(clientId, message),
      });
      await cluster.start();
      const { predecessor } = membership;
      if (predecessor !== undefined) {
        const { workerId: previous, startedAt: since, connections: had } = predecessor;
        logger.warn(
          { event: 'worker_returned', previous, since, connections: had },
          'Takes the place of a worker of the same name and release that did not end in order',
        );
      }
      for (const part of [hub, presence, ...clockwork]) part.start();
      return server.listen(config.HOST, config.PORT);
    },
    stop: () => (stopped ??= stop()),
  };
};
