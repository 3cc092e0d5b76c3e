import type { BrokerHealth } from '../broker/broker.js';
import { Cluster } from '../cluster/cluster.js';
import { coversStats } from '../config/mode.js';
import { rateLimits } from '../config/rate-limits.js';
import { Admin } from '../endpoints/admin/admin.js';
import { deliveryLagGauge, restartedGauge } from '../endpoints/admin/figures.js';
import { RateMeter } from '../endpoints/admin/rates.js';
import { chartSampler } from '../endpoints/admin/samples.js';
import { operatorCheck } from '../endpoints/http/operator.js';
import { metricValues } from '../endpoints/metrics-stream/events.js';
import { StreamSources } from '../endpoints/metrics-stream/sources.js';
import { Leavings } from '../endpoints/plain/leavings.js';
import { encodePublication, PLAIN } from '../endpoints/plain/plain-channel.js';
import { Handlers } from '../handlers/handlers.js';
import { RunningCalls } from '../handlers/running-calls.js';
import { DEFAULT_HUB_OPTIONS, Hub } from '../hub/hub.js';
import { DEFAULT_PRESENCE, Presence } from '../hub/presence.js';
import { Revocations } from '../identity/revocations.js';
import { TokenVerifier } from '../identity/token-verifier.js';
import { Connections } from '../lifecycle/connections.js';
import { Draining } from '../lifecycle/draining.js';
import { Limits } from '../limits/limits.js';
import type { MetricSnapshot } from '../observability/metrics.js';
import { OffenderSampler } from '../observability/offender-sampler.js';
import { Places } from '../session/places.js';
import { Replacements } from '../session/replacements.js';
import { addressList } from '../transport/client-address.js';
import type { AppDependencies } from './dependencies.js';
import { observe } from './observation.js';
import { createWheels } from './wheels.js';

/** What the parts need of the server, which is made after them. */
export interface Outlet {
  publish(topic: string, text: string): void;
  bufferedBytes(): number;
}

export type Parts = ReturnType<typeof createParts>;

/** The parts of one worker: what a message and a request go through, before anything listens. */
export const createParts = (
  { config, identity, broker, logger, handlers = new Handlers(), logs }: AppDependencies,
  outlet: Outlet,
) => {
  const connections = new Connections();
  const runningCalls = new RunningCalls(config.HANDLER_CALLS);
  const health = (): BrokerHealth => {
    const { redis, subscribed } = broker.health();
    return { redis: redis ?? membership.trouble, subscribed };
  };
  const verifier = new TokenVerifier(config, logger);
  const observation = observe({
    identity,
    broker,
    connections,
    handlers,
    runningCalls,
    logs,
    bufferedBytes: () => outlet.bufferedBytes(),
    hub: () => hub,
    verifier,
    draining: () => draining,
    cluster: () => cluster,
    health,
  });
  const { metrics, vitals } = observation;
  const draining = new Draining(connections, {
    rate: config.DRAIN_RATE,
    graceMs: config.DRAIN_GRACE * 1000,
    stopTimeoutMs: config.GRACEFUL_SHUTDOWN_TIMEOUT * 1000,
  });
  const hub = new Hub(broker.log, { publish: (topic, text) => outlet.publish(topic, text) }, metrics, {
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
  return {
    connections,
    runningCalls,
    handlers,
    health,
    observation,
    draining,
    hub,
    limits,
    cluster,
    presence,
    revocations,
    isOperator,
    admin,
    places: new Places(broker.sessions, config.PLACE_INTERVAL * 1000),
    replacements: new Replacements(messages, identity.workerId, (id) => connections.get(id)?.replace()),
    streams: new StreamSources(statistics, broker.samples, config.METRICS_HEARTBEAT_INTERVAL * 1000),
    wheels: createWheels(config, broker.sessions),
    verifier,
    leavings: new Leavings(broker.log),
    offenders: new OffenderSampler(),
  };
};
