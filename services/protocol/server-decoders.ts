import { CLIENT_ERRORS, SERVER_ERRORS, type ErrorCode } from './error-codes.js';
import { decodeAck } from './decode-ack.js';
import { decodeMessage, decodePublication } from './decode-message.js';
import type { JsonValue, PresenceFrame, ServerFrame, TargetedMessageFrame } from './frames.js';
import {
  parseChannelName,
  parseClientId,
  parseConnectionId,
  parseEpoch,
  parseFrameId,
  parseOffset,
  parseSessionId,
} from './ids.js';
import type { JsonObject } from './json.js';
import { readCount, readFlag, readNumber, readText } from './read-fields.js';
import { arrayOf, frameOf, objectOf, oneOf, optional } from './shape.js';

type Decode<F extends ServerFrame> = (fields: JsonObject) => F | undefined;
type Decoders = { readonly [T in ServerFrame['type']]: Decode<Extract<ServerFrame, { type: T }>> };

const ERROR_CODES: readonly ErrorCode[] = [...CLIENT_ERRORS, ...SERVER_ERRORS];

/** A code of a later version reads as `internal`: the frame with this id failed, and that must not get lost. */
const readErrorCode = (value: JsonValue | undefined): ErrorCode | undefined =>
  typeof value === 'string' ? (ERROR_CODES.find((code) => code === value) ?? 'internal') : undefined;

const id = optional(parseFrameId);
const readAny = (value: JsonValue | undefined): JsonValue | undefined => value;

const decodeTargeted = frameOf<TargetedMessageFrame>({
  to: objectOf<TargetedMessageFrame['to']>({ client_id: parseClientId }),
  message_id: readText,
  from: parseClientId,
  data: readAny,
  time: readText,
});

const DECODERS: Decoders = {
  message: (fields) => (fields['to'] === undefined ? decodeMessage(fields) : decodeTargeted(fields)),
  ack: decodeAck,
  subscribed: frameOf({
    id,
    channel: parseChannelName,
    epoch: parseEpoch,
    offset: parseOffset,
    recovered: readFlag,
  }),
  unsubscribed: frameOf({ id, channel: parseChannelName }),
  history: frameOf({
    id,
    channel: parseChannelName,
    epoch: parseEpoch,
    offset: parseOffset,
    publications: arrayOf(decodePublication),
    more: readFlag,
    recovered: optional(readFlag),
  }),
  presence: frameOf({
    id,
    channel: parseChannelName,
    clients: arrayOf(
      objectOf<PresenceFrame['clients'][number]>({
        client_id: parseClientId,
        connections: readCount,
        joined_at: readText,
        info: optional(readAny),
      }),
    ),
    count: readCount,
    next_cursor: optional(readText),
  }),
  presence_change: frameOf({
    channel: parseChannelName,
    change: oneOf('join', 'leave', 'reset'),
    client_id: optional(parseClientId),
    info: optional(readAny),
    joined: optional(readCount),
    left: optional(readCount),
    time: readText,
  }),
  reply: frameOf({ id, data: (value) => value }),
  'system.welcome': frameOf({
    protocol: oneOf(1),
    session_id: parseSessionId,
    connection_id: parseConnectionId,
    client_id: parseClientId,
    resumed: readFlag,
    message_count: readCount,
    color: readText,
    worker: readText,
    heartbeat_interval: readNumber,
    time: readText,
  }),
  'system.heartbeat': frameOf({ time: readText, active_connections: readCount }),
  'system.pong': frameOf({ id, time: readText }),
  'system.rate_limited': frameOf({
    id,
    retry_after: readNumber,
    violations: readCount,
    limit: readNumber,
    window: readNumber,
  }),
  'system.idle_warning': frameOf({ idle_seconds: readNumber, disconnect_in: optional(readNumber) }),
  'system.token_expiring': frameOf({ expires_in: readNumber }),
  'system.token_renewed': frameOf({ id, expires_in: optional(readNumber) }),
  'system.reconnect': frameOf({
    after_ms: readNumber,
    deadline_ms: readNumber,
    reason: oneOf('deploy', 'rollback'),
  }),
  'system.bye': frameOf({ message_count: readCount, reason: readText }),
  error: frameOf({ id, code: readErrorCode, message: readText }),
};

/** The decoder of each frame from the server, by its type. Undefined is what it gives for fields missing or malformed. */
export const SERVER_DECODERS: ReadonlyMap<string, Decode<ServerFrame>> = new Map(Object.entries(DECODERS));
