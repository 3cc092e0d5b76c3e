import { CLIENT_FRAME_TYPES } from '../../protocol/decode-client.js';
import type { BrokerHealth, Broker } from '../broker/broker.js';
import type { Cluster } from '../cluster/cluster.js';
import type { WorkerIdentity } from '../cluster/identity.js';
import type { Handlers } from '../handlers/handlers.js';
import type { RunningCalls } from '../handlers/running-calls.js';
import type { TokenVerifier } from '../identity/token-verifier.js';
import type { Hub } from '../hub/hub.js';
import type { Connections } from '../lifecycle/connections.js';
import type { Draining } from '../lifecycle/draining.js';
import { Observation } from '../observability/observation.js';
import type { ShippedLogs } from './dependencies.js';

/** What is measured. Asked when somebody looks, so that it may be made later than its observation. */
export type Observed = Readonly<{
  identity: WorkerIdentity;
  broker: Broker;
  connections: Connections;
  handlers: Handlers;
  runningCalls: RunningCalls;
  logs: ShippedLogs | undefined;
  verifier: TokenVerifier;
  bufferedBytes(): number;
  hub(): Hub;
  draining(): Draining;
  cluster(): Cluster;
  health(): BrokerHealth;
}>;

/** What a worker measures of itself. */
export const observe = (observed: Observed): Observation => {
  const { identity, broker, connections, handlers, runningCalls, logs, verifier } = observed;
  return new Observation({
    ...identity,
    sources: {
      connections: () => ({ open: connections.shown, named: connections.named }),
      bufferedBytes: () => observed.bufferedBytes(),
      channels: () => ({ subscribed: observed.hub().channelCount, slowConsumers: observed.hub().slowConsumers }),
      drain: () => observed.draining().status(),
      redis: () => ({
        up: observed.health().redis === undefined,
        roundTripMs: observed.cluster().membership.roundTripMs,
        pubsubLagMs: observed.cluster().beat.lagMs,
      }),
      tokenKeysUp: () => verifier.remoteKeys?.isAway !== true,
      queue: () => broker.queue(),
      logs: () => logs?.counts() ?? { buffered: 0, dropped: 0 },
      handlers: CLIENT_FRAME_TYPES.length + handlers.types.size,
      applicationTypes: [...handlers.types],
      runningCalls: () => runningCalls.size,
    },
  });
};
