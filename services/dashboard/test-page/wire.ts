import { isFields, readFields, readText, type Fields } from '../shared/fields.js';

/** What the page understands of the server's frames (docs/PROTOCOL.md). The log shows every frame as it came. */
export type Position = Readonly<{ epoch: string; offset: number }>;

export type Welcome = Readonly<{
  type: 'system.welcome';
  sessionId: string;
  connectionId: string;
  clientId: string;
  resumed: boolean;
  messageCount: number;
  color: string;
  worker: string;
}>;

export type ServerFrame =
  | Welcome
  | Readonly<{ type: 'subscribed'; channel: string; position: Position; recovered: boolean }>
  | Readonly<{ type: 'message'; channel: string; position: Position; from: string; data: unknown }>
  | Readonly<{ type: 'ack'; id: string | undefined; messageCount: number; duplicate: boolean }>
  | Readonly<{ type: 'error'; id: string | undefined; code: string; message: string }>
  | Readonly<{ type: 'system.heartbeat'; activeConnections: number }>
  | Readonly<{ type: 'system.reconnect'; afterMs: number }>
  | Readonly<{ type: 'system.bye'; messageCount: number; reason: string }>
  /** Anything else: it is shown, and nothing is done about it. */
  | Readonly<{ type: 'other' }>;

const text = (value: unknown): string => readText(value) ?? '';
const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

export const readPosition = (value: unknown): Position | undefined => {
  if (!isFields(value)) return undefined;
  const { epoch, offset } = value;
  return typeof epoch === 'string' && typeof offset === 'number' ? { epoch, offset } : undefined;
};

/** Never throws: a frame that lacks what the page needs is `other`. */
export const readServerFrame = (frameText: string): ServerFrame => {
  const fields = readFields(frameText);
  if (fields === undefined) return { type: 'other' };
  const { type } = fields;
  switch (type) {
    case 'system.welcome':
      return {
        type,
        sessionId: text(fields['session_id']),
        connectionId: text(fields['connection_id']),
        clientId: text(fields['client_id']),
        resumed: fields['resumed'] === true,
        messageCount: count(fields['message_count']),
        color: text(fields['color']),
        worker: text(fields['worker']),
      };
    case 'subscribed':
    case 'message':
      return readPlaced(type, fields);
    case 'ack': {
      const { id, duplicate } = fields;
      return {
        type,
        id: readText(id),
        messageCount: count(fields['message_count']),
        duplicate: duplicate === true,
      };
    }
    case 'error':
      return { type, id: readText(fields['id']), code: text(fields['code']), message: text(fields['message']) };
    case 'system.heartbeat':
      return { type, activeConnections: count(fields['active_connections']) };
    case 'system.reconnect':
      return { type, afterMs: count(fields['after_ms']) };
    case 'system.bye':
      return { type, messageCount: count(fields['message_count']), reason: text(fields['reason']) };
    default:
      return { type: 'other' };
  }
};

const readPlaced = (type: 'subscribed' | 'message', fields: Fields): ServerFrame => {
  const { channel, recovered, from, data } = fields;
  const position = readPosition(fields);
  if (typeof channel !== 'string' || position === undefined) return { type: 'other' };
  return type === 'subscribed'
    ? { type, channel, position, recovered: recovered === true }
    : { type, channel, position, from: text(from), data };
};
