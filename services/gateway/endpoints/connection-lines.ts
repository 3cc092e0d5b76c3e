import type { ConnectionId } from '../../protocol/ids.js';
import type { DisconnectReason, Endpoint } from '../observability/metrics.js';
import type { EndpointContext } from './context.js';
import type { SpeakerFields } from './conversation.js';
import type { Admitted } from './door.js';

/** A connection, as far as its log lines tell of it. */
type Logged = Readonly<{
  id: ConnectionId;
  context: Pick<EndpointContext, 'logger' | 'connections'>;
  endpoint: Endpoint | 'admin';
  handshake: Admitted;
  isCounted: boolean;
}>;

/** Fields that every log line about a connection has. */
export const lineFields = (
  { handshake, id }: Logged,
  { session_id, client_id, message_count }: SpeakerFields,
): Readonly<Record<string, unknown>> => ({
  request_id: handshake.requestId,
  connection_id: id,
  session_id,
  client_id,
  message_count,
});

/** What the stack itself connects is no user's: a deploy does so a thousand times. */
const levelOf = ({ isCounted }: Logged): 'info' | 'debug' => (isCounted ? 'info' : 'debug');

// The two lines that every connection has name those fields one by one: spread, they were four of the line's eleven µs.

export const logConnected = (connection: Logged, { session_id, client_id, message_count }: SpeakerFields): void => {
  const { context, handshake, id, endpoint } = connection;
  context.logger[levelOf(connection)](
    {
      request_id: handshake.requestId,
      connection_id: id,
      session_id,
      client_id,
      message_count,
      event: 'websocket_connected',
      endpoint,
      ip: handshake.ip,
      open: context.connections.shown,
    },
    'WebSocket connected',
  );
};

/** @param duration_seconds how long it was open */
export const logDisconnected = (
  connection: Logged,
  { session_id, client_id, message_count }: SpeakerFields,
  { code, reason, duration_seconds }: Readonly<{ code: number; reason: DisconnectReason; duration_seconds: number }>,
): void => {
  const { context, handshake, id } = connection;
  context.logger[levelOf(connection)](
    {
      request_id: handshake.requestId,
      connection_id: id,
      session_id,
      client_id,
      message_count,
      event: 'websocket_disconnected',
      code,
      reason,
      duration_seconds,
    },
    'WebSocket disconnected',
  );
};

/** @param idle_seconds since its client's last message */
export const logIdle = (connection: Logged, speaker: SpeakerFields, idle_seconds: number): void => {
  const { context, endpoint } = connection;
  const fields = lineFields(connection, speaker);
  context.logger.info({ ...fields, event: 'websocket_idle', endpoint, idle_seconds }, 'WebSocket idle');
};
