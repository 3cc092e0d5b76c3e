import { CLIENT_ERRORS, SERVER_ERRORS, type ErrorCode } from './error-codes.js';
import type {
  ByeFrame,
  ErrorFrame,
  HeartbeatFrame,
  IdleWarningFrame,
  JsonValue,
  PongFrame,
  RateLimitedFrame,
  ReconnectFrame,
  TokenExpiringFrame,
  TokenRenewedFrame,
  WelcomeFrame,
} from './frames.js';
import { parseClientId, parseConnectionId, parseFrameId, parseSessionId } from './ids.js';
import type { JsonObject } from './json.js';
import { isMalformed, readCount, readFlag, readNumber, readText } from './read-fields.js';

export type SystemFrame =
  | WelcomeFrame
  | HeartbeatFrame
  | PongFrame
  | RateLimitedFrame
  | IdleWarningFrame
  | TokenExpiringFrame
  | TokenRenewedFrame
  | ReconnectFrame
  | ByeFrame
  | ErrorFrame;

/** Undefined: no such type here. */
export const decodeSystemFrame = (type: string, fields: JsonObject): SystemFrame | 'malformed' | undefined => {
  switch (type) {
    case 'system.welcome':
      return decodeWelcome(fields) ?? 'malformed';
    case 'system.heartbeat':
      return decodeHeartbeat(fields) ?? 'malformed';
    case 'system.pong':
      return decodePong(fields) ?? 'malformed';
    case 'system.rate_limited':
      return decodeRateLimited(fields) ?? 'malformed';
    case 'system.idle_warning':
      return decodeIdleWarning(fields) ?? 'malformed';
    case 'system.token_expiring':
      return decodeTokenExpiring(fields) ?? 'malformed';
    case 'system.token_renewed':
      return decodeTokenRenewed(fields) ?? 'malformed';
    case 'system.reconnect':
      return decodeReconnect(fields) ?? 'malformed';
    case 'system.bye':
      return decodeBye(fields) ?? 'malformed';
    case 'error':
      return decodeError(fields) ?? 'malformed';
    default:
      return undefined;
  }
};

const decodeWelcome = (fields: JsonObject): WelcomeFrame | undefined => {
  const sessionId = parseSessionId(fields['session_id']);
  const connectionId = parseConnectionId(fields['connection_id']);
  const clientId = parseClientId(fields['client_id']);
  const resumed = readFlag(fields['resumed']);
  const messageCount = readCount(fields['message_count']);
  const color = readText(fields['color']);
  const worker = readText(fields['worker']);
  const heartbeatInterval = readNumber(fields['heartbeat_interval']);
  const time = readText(fields['time']);
  if (fields['protocol'] !== 1 || sessionId === undefined || connectionId === undefined || clientId === undefined) {
    return undefined;
  }
  if (resumed === undefined || messageCount === undefined || color === undefined || worker === undefined) {
    return undefined;
  }
  if (heartbeatInterval === undefined || time === undefined) return undefined;
  return {
    type: 'system.welcome',
    protocol: 1,
    session_id: sessionId,
    connection_id: connectionId,
    client_id: clientId,
    resumed,
    message_count: messageCount,
    color,
    worker,
    heartbeat_interval: heartbeatInterval,
    time,
  };
};

const decodeHeartbeat = (fields: JsonObject): HeartbeatFrame | undefined => {
  const time = readText(fields['time']);
  const active = readCount(fields['active_connections']);
  if (time === undefined || active === undefined) return undefined;
  return { type: 'system.heartbeat', time, active_connections: active };
};

const decodePong = (fields: JsonObject): PongFrame | undefined => {
  const id = parseFrameId(fields['id']);
  const time = readText(fields['time']);
  if (time === undefined || isMalformed(fields['id'], id)) return undefined;
  return id === undefined ? { type: 'system.pong', time } : { type: 'system.pong', id, time };
};

const decodeRateLimited = (fields: JsonObject): RateLimitedFrame | undefined => {
  const id = parseFrameId(fields['id']);
  const retryAfter = readNumber(fields['retry_after']);
  const violations = readCount(fields['violations']);
  const limit = readNumber(fields['limit']);
  const window = readNumber(fields['window']);
  if (retryAfter === undefined || violations === undefined || limit === undefined || window === undefined) {
    return undefined;
  }
  if (isMalformed(fields['id'], id)) return undefined;
  return {
    type: 'system.rate_limited',
    ...(id === undefined ? {} : { id }),
    retry_after: retryAfter,
    violations,
    limit,
    window,
  };
};

const decodeIdleWarning = (fields: JsonObject): IdleWarningFrame | undefined => {
  const idle = readNumber(fields['idle_seconds']);
  const disconnectIn = readNumber(fields['disconnect_in']);
  if (idle === undefined || isMalformed(fields['disconnect_in'], disconnectIn)) return undefined;
  return {
    type: 'system.idle_warning',
    idle_seconds: idle,
    ...(disconnectIn === undefined ? {} : { disconnect_in: disconnectIn }),
  };
};

const decodeTokenExpiring = (fields: JsonObject): TokenExpiringFrame | undefined => {
  const expiresIn = readNumber(fields['expires_in']);
  return expiresIn === undefined ? undefined : { type: 'system.token_expiring', expires_in: expiresIn };
};

const decodeTokenRenewed = (fields: JsonObject): TokenRenewedFrame | undefined => {
  const id = parseFrameId(fields['id']);
  const expiresIn = readNumber(fields['expires_in']);
  if (isMalformed(fields['id'], id) || isMalformed(fields['expires_in'], expiresIn)) return undefined;
  return {
    type: 'system.token_renewed',
    ...(id === undefined ? {} : { id }),
    ...(expiresIn === undefined ? {} : { expires_in: expiresIn }),
  };
};

const decodeReconnect = (fields: JsonObject): ReconnectFrame | undefined => {
  const { reason } = fields;
  const after = readNumber(fields['after_ms']);
  const deadline = readNumber(fields['deadline_ms']);
  if (after === undefined || deadline === undefined) return undefined;
  if (reason !== 'deploy' && reason !== 'rollback') return undefined;
  return { type: 'system.reconnect', after_ms: after, deadline_ms: deadline, reason };
};

const decodeBye = (fields: JsonObject): ByeFrame | undefined => {
  const messageCount = readCount(fields['message_count']);
  const reason = readText(fields['reason']);
  if (messageCount === undefined || reason === undefined) return undefined;
  return { type: 'system.bye', message_count: messageCount, reason };
};

const decodeError = (fields: JsonObject): ErrorFrame | undefined => {
  const id = parseFrameId(fields['id']);
  const code = readErrorCode(fields['code']);
  const message = readText(fields['message']);
  if (code === undefined || message === undefined || isMalformed(fields['id'], id)) return undefined;
  return id === undefined ? { type: 'error', code, message } : { type: 'error', id, code, message };
};

const ERROR_CODES: readonly ErrorCode[] = [...CLIENT_ERRORS, ...SERVER_ERRORS];

/** A code of a later version reads as `internal`: the frame with this id failed, and that must not get lost. */
const readErrorCode = (value: JsonValue | undefined): ErrorCode | undefined =>
  typeof value === 'string' ? (ERROR_CODES.find((code) => code === value) ?? 'internal') : undefined;
