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

/** Fields that every log line about a connection has, in an object of their own. */
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

/** With a line's own fields. By assignment: spread, they were four of the line's eleven µs, and every connection has two lines. */
const lineWith = (connection: Logged, speaker: SpeakerFields, own: Readonly<Record<string, unknown>>): object =>
  Object.assign(lineFields(connection, speaker), own);

/** What the stack itself connects is no user's: a deploy does so a thousand times. */
const levelOf = ({ isCounted }: Logged): 'info' | 'debug' => (isCounted ? 'info' : 'debug');

export const logConnected = (connection: Logged, speaker: SpeakerFields): void => {
  const { context, handshake, endpoint } = connection;
  const own = { event: 'websocket_connected', endpoint, ip: handshake.ip, open: context.connections.shown };
  context.logger[levelOf(connection)](lineWith(connection, speaker, own), 'WebSocket connected');
};

/** @param duration_seconds how long it was open */
export const logDisconnected = (
  connection: Logged,
  speaker: SpeakerFields,
  { code, reason, duration_seconds }: Readonly<{ code: number; reason: DisconnectReason; duration_seconds: number }>,
): void => {
  const own = { event: 'websocket_disconnected', code, reason, duration_seconds };
  connection.context.logger[levelOf(connection)](lineWith(connection, speaker, own), 'WebSocket disconnected');
};

/** @param idle_seconds since its client's last message */
export const logIdle = (connection: Logged, speaker: SpeakerFields, idle_seconds: number): void => {
  const { context, endpoint } = connection;
  const fields = lineFields(connection, speaker);
  context.logger.info({ ...fields, event: 'websocket_idle', endpoint, idle_seconds }, 'WebSocket idle');
};
