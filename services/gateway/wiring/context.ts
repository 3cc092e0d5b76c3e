import { allowedOrigins, allowsAnonymous } from '../config/mode.js';
import { Answers } from '../endpoints/answers.js';
import type { EndpointContext } from '../endpoints/context.js';
import { Door } from '../endpoints/door.js';
import { IsoClock } from '../../protocol/iso-clock.js';
import { originCheck } from '../identity/origins.js';
import { EventSampler } from '../observability/logger.js';
import { readNamespaces } from '../permissions/namespaces.js';
import { Permissions } from '../permissions/permissions.js';
import { Openings } from '../session/openings.js';
import { Sessions } from '../session/sessions.js';
import type { AppDependencies } from './dependencies.js';
import type { Parts } from './parts.js';

/** What every connection is served from. @throws {Error} naming what is wrong in a file of namespaces */
export const createContext = (
  { config, identity, broker, logger, tasks }: AppDependencies,
  parts: Parts,
): EndpointContext => {
  const { hub, presence, limits, places, connections, offenders, handlers, runningCalls } = parts;
  const { cluster, wheels, observation, verifier, revocations, replacements } = parts;
  const { metrics, vitals } = observation;
  return {
    identity,
    log: broker.log,
    clients: cluster.clients,
    hub,
    presence,
    limits,
    sessions: new Sessions(broker.sessions, identity.workerId),
    openings: new Openings(),
    answers: new Answers(),
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
    isoClock: new IsoClock(),
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
    permissions: new Permissions(readNamespaces(config)),
    tokenTimes: { warningMs: config.TOKEN_WARNING * 1000, toleranceMs: config.JWT_CLOCK_TOLERANCE * 1000 },
    handlers,
    handlerTimeoutMs: config.HANDLER_TIMEOUT * 1000,
    tasks,
    runningCalls,
    maxChannels: config.MAX_CHANNELS,
    refusal: () => {
      const { redis } = parts.health();
      return redis === undefined ? undefined : `not ready: ${redis}`;
    },
    clusterConnections: () => cluster.membership.clusterConnections,
    replace: (owner) => replacements.replace(owner),
  };
};
