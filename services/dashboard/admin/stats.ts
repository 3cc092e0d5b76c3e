import { isFields, readFields, readText, type Fields } from '../shared/fields.js';

/** An open WebSocket: shown field by field, so only its id has to be there. */
export type ListedConnection = Readonly<{ id: string; fields: Fields }>;

/** What the page understands of an answer of `/ws-stats`. */
export type Stats = Readonly<{
  totalConnections: number;
  activeConnections: number;
  messagesReceived: number;
  messagesSent: number;
  /** Of one page of the list. */
  connections: readonly ListedConnection[];
  /** How many are on all pages. */
  total: number;
  /** Where the next page begins; undefined: this is the last. */
  nextCursor: string | undefined;
  /** Workers whose connections are missing: `green-2`. */
  unanswered: readonly string[];
}>;

/** Undefined: what came is no statistics. A figure that is missing must not be shown as 0. */
export const readStats = (text: string): Stats | undefined => {
  const fields = readFields(text);
  if (fields === undefined) return undefined;
  const { total_connections: opened, active_connections: active, messages_received: received } = fields;
  const { messages_sent: sent, connections, total, next_cursor: nextCursor, unanswered } = fields;
  if (!isCount(opened) || !isCount(active) || !isCount(received) || !isCount(sent) || !isCount(total)) return undefined;
  const listed = readList(connections, readConnection);
  const silent = readList(unanswered, readText);
  if (listed === undefined || silent === undefined) return undefined;
  return {
    totalConnections: opened,
    activeConnections: active,
    messagesReceived: received,
    messagesSent: sent,
    connections: listed,
    total,
    nextCursor: readText(nextCursor),
    unanswered: silent,
  };
};

const isCount = (value: unknown): value is number => typeof value === 'number';

/** Undefined: it is no list, or holds something else. */
const readList = <T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  const items = value.map(read).filter((item) => item !== undefined);
  return items.length === value.length ? items : undefined;
};

const readConnection = (value: unknown): ListedConnection | undefined => {
  if (!isFields(value)) return undefined;
  const id = readText(value['connection_id']);
  return id === undefined ? undefined : { id, fields: value };
};
