import type { WelcomeFrame } from '../../../protocol/frames.js';
import type { ConnectionId } from '../../../protocol/ids.js';
import type { Session } from '../../session/session.js';
import type { EndpointContext } from '../context.js';

export const welcomeFrame = (
  { identity, heartbeatIntervalMs, isoClock }: EndpointContext,
  session: Session,
  connectionId: ConnectionId,
): WelcomeFrame => ({
  type: 'system.welcome',
  protocol: 1,
  session_id: session.id,
  connection_id: connectionId,
  client_id: session.clientId,
  resumed: session.resumed,
  message_count: session.messageCount,
  color: identity.color,
  worker: identity.worker,
  heartbeat_interval: heartbeatIntervalMs / 1000,
  time: isoClock.at(Date.now()),
});
