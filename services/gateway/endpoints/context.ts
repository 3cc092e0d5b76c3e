import type { TaskQueue } from '../../task-queue/task-queue.js';
import type { WorkerIdentity } from '../cluster/identity.js';
import type { ClientMessages } from '../cluster/client-messages.js';
import type { ChannelLog } from '../broker/channel-log.js';
import type { Handlers } from '../handlers/handlers.js';
import type { RunningCalls } from '../handlers/running-calls.js';
import type { Hub } from '../hub/hub.js';
import type { Presence } from '../hub/presence.js';
import type { Connections, ManagedConnection } from '../lifecycle/connections.js';
import type { Wheel } from '../lifecycle/wheel.js';
import type { EventSampler, Logger } from '../observability/logger.js';
import type { OffenderSampler } from '../observability/offender-sampler.js';
import type { Limits } from '../limits/limits.js';
import type { Metrics } from '../observability/metrics.js';
import type { Permissions } from '../permissions/permissions.js';
import type { SessionHolder } from '../session/keep-alive.js';
import type { Openings } from '../session/openings.js';
import type { Places } from '../session/places.js';
import type { Sessions } from '../session/sessions.js';
import type { Answers } from './answers.js';
import type { Door } from './door.js';
import type { IdleBounds } from './idleness.js';
import type { TokenTimes } from './token-life.js';
import type { SessionOwner } from '../broker/session-store.js';
import type { IsoClock } from '../../protocol/iso-clock.js';

/** What the WebSocket endpoints need of the worker. */
export type EndpointContext = Readonly<{
  identity: WorkerIdentity;
  log: ChannelLog;
  clients: ClientMessages;
  hub: Hub;
  presence: Presence;
  sessions: Sessions;
  openings: Openings;
  answers: Answers;
  places: Places;
  connections: Connections;
  limits: Limits;
  /** Who comes in. */
  door: Door;
  tokenTimes: TokenTimes;
  permissions: Permissions;
  metrics: Metrics;
  /** For connections of the stack itself, which are in no total. */
  ownMetrics: Metrics;
  logger: Logger;
  isoClock: IsoClock;
  /** Thins out the log line of each processed message. */
  sampler: EventSampler;
  /** Thins out the log lines about clients that are refused. */
  offenders: OffenderSampler;
  /** Visits each connection once a heartbeat interval. */
  beats: Wheel<ManagedConnection>;
  /** Visits each connection once an idle-check interval. */
  idleChecks: Wheel<ManagedConnection>;
  idle: IdleBounds;
  /** Keeps the sessions of open connections alive. */
  touches: Wheel<SessionHolder>;
  /** Whether `system.heartbeat` is sent; pings and time-outs are in any case. */
  heartbeat: boolean;
  heartbeatIntervalMs: number;
  heartbeatTimeoutMs: number;
  maxClientErrors: number;
  /** What the application does with frames of its own types. */
  handlers: Handlers;
  handlerTimeoutMs: number;
  /** Undefined: there is no queue of tasks. */
  tasks: TaskQueue | undefined;
  runningCalls: RunningCalls;
  /** That one connection may be subscribed to at a time. */
  maxChannels: number;
  /** Undefined: ready. Else why no new connection can be taken, in words. */
  refusal(): string | undefined;
  /** Open connections in the whole cluster, at most a second old. */
  clusterConnections(): number;
  /** Tells the worker that holds a session's older connection to close it. */
  replace(owner: SessionOwner): void;
}>;
