import type { TaskQueue } from '../../task-queue/task-queue.js';
import type { Broker, BrokerHealth } from '../broker/broker.js';
import type { Cluster } from '../cluster/cluster.js';
import { coversStats } from '../config/mode.js';
import type { Config } from '../config/settings.js';
import type { Admin } from '../endpoints/admin/admin.js';
import { apiRoutes } from '../endpoints/api/api.js';
import { taskAdminRoutes } from '../endpoints/api/task-routes.js';
import type { EndpointContext } from '../endpoints/context.js';
import { channelsEndpoint } from '../endpoints/frames/channels.js';
import { chatEndpoint, type PlacedConnection } from '../endpoints/frames/chat.js';
import { echoEndpoint } from '../endpoints/echo/echo.js';
import { controlRoutes, type Control } from '../endpoints/http/control.js';
import { infoRoute } from '../endpoints/http/info.js';
import { pageRoutes } from '../endpoints/http/pages.js';
import { metricsRoute, statusRoutes } from '../endpoints/http/status.js';
import { statsRoute } from '../endpoints/http/ws-stats.js';
import { metricsStreamEndpoint } from '../endpoints/metrics-stream/metrics-stream.js';
import type { StreamSources } from '../endpoints/metrics-stream/sources.js';
import type { Leavings } from '../endpoints/plain/leavings.js';
import { plainEndpoint } from '../endpoints/plain/plain.js';
import type { Draining } from '../lifecycle/draining.js';
import type { Wheel } from '../lifecycle/wheel.js';
import { SharedAttempts } from '../limits/shared-attempts.js';
import type { Observation } from '../observability/observation.js';
import { Server } from '../transport/server.js';

/** What requests and WebSockets are answered from. */
export type Serving = Readonly<{
  config: Config;
  context: EndpointContext;
  broker: Broker;
  health(): BrokerHealth;
  cluster: Cluster;
  observation: Observation;
  draining: Draining;
  admin: Admin;
  streams: StreamSources;
  leavings: Leavings;
  placeAsks: Wheel<PlacedConnection>;
  /** Undefined: there is no queue of tasks. */
  tasks: TaskQueue | undefined;
  /** Folder of what browsers get. */
  pages: string;
  /** Whether an `Authorization` header is the stack's own. */
  isOperator(authorization: string): boolean;
}>;

const createControl = ({ context, cluster, observation, draining, admin }: Serving): Control => ({
  status: () => ({
    worker_id: context.identity.workerId,
    connections: context.connections.size,
    drain: draining.status(),
    vitals: observation.vitals.read(),
    busiest_channel: context.hub.busiestChannel(),
    restarted: cluster.membership.predecessor !== undefined,
  }),
  drain: (reason, pace) => {
    if (!draining.isDraining) {
      context.logger.info(
        { event: 'drain_started', reason, connections: context.connections.size },
        'Moving WebSocket connections',
      );
    }
    draining.begin(reason, pace);
  },
  cancelDrain: () => draining.cancel(),
  deployNotice: (notice) => admin.feed.notices.take(notice),
});

/** Every address that a worker answers. @throws TransportUnavailable */
export const createServer = (serving: Serving): Promise<Server> => {
  const { config, context, broker, health, cluster, observation, draining, admin, streams, leavings, placeAsks } =
    serving;
  const { pages, isOperator } = serving;
  const { identity, connections, limits, logger } = context;
  const { metrics } = observation;
  const { statistics, lists } = cluster;
  const figures = [
    metricsRoute(broker, metrics),
    statsRoute({
      statistics,
      lists,
      limits: cluster.limits,
      metrics,
      workerId: identity.workerId,
      connections: () => connections.shown,
    }),
  ];
  const taskFailed = (error: unknown): void =>
    logger.error({ event: 'api_failed', command: 'tasks', error }, 'API command failed');
  return Server.create(
    [
      ...statusRoutes({
        identity,
        health,
        isDraining: () => draining.isDraining,
        rateLimiting: () => limits.reports.health(),
        tellsProcess: (authorization) => config.MODE !== 'production' || isOperator(authorization),
      }),
      infoRoute(config),
      ...(coversStats(config) ? figures.map((route) => admin.cover(route)) : figures),
      ...pageRoutes(pages),
      ...admin.routes,
      ...taskAdminRoutes(serving.tasks, taskFailed).map((route) => admin.cover(route)),
      ...apiRoutes({
        context,
        statistics,
        admin,
        tasks: serving.tasks,
        keys: config.API_KEYS,
        attempts: new SharedAttempts(cluster.others, 'api-key'),
        release: identity.release,
        isOperator,
      }),
      ...(config.CONTROL_TOKEN === undefined ? [] : controlRoutes(createControl(serving), isOperator)),
    ],
    [
      channelsEndpoint(context),
      chatEndpoint(context, placeAsks),
      metricsStreamEndpoint(context, streams),
      admin.live(context),
      ...(config.ECHO_ENDPOINT ? [echoEndpoint()] : []),
      plainEndpoint(context, leavings),
    ],
    {
      trustedProxies: config.TRUSTED_PROXIES,
      directLimitBytes: config.SLOW_CONSUMER_BYTES * 4,
      compression: config.COMPRESSION,
      commonHeaders: [
        ['X-Color', identity.color],
        ['X-Worker', identity.worker],
      ],
      isOperator,
      onAdmission: (route, status, durationMs) => metrics.httpResponse(route.path, status, durationMs / 1000),
      onResponse: (route, status, durationMs) => metrics.httpResponse(route, status, durationMs / 1000),
      onError: (route, error) => logger.error({ event: 'http_error', route, error }, 'HTTP request failed'),
    },
  );
};
