import * as fc from 'fast-check';
import { CLIENT_ERRORS, SERVER_ERRORS } from '../error-codes.js';
import type { ServerFrame } from '../frames.js';
import {
  channelName,
  clientId,
  connectionId,
  count,
  epoch,
  frameId,
  jsonValue,
  offset,
  plain,
  publication,
  seconds,
  sessionId,
  text,
  time,
  type,
} from './arbitrary-values.js';

/** One arbitrary a type, so that a type without one does not compile. */
export const serverFrames: { readonly [T in ServerFrame['type']]: fc.Arbitrary<Extract<ServerFrame, { type: T }>> } = {
  'system.welcome': fc.record(
    {
      type: type('system.welcome'),
      protocol: fc.constant(1 as const),
      session_id: sessionId,
      connection_id: connectionId,
      client_id: clientId,
      resumed: fc.boolean(),
      message_count: count,
      color: text,
      worker: text,
      heartbeat_interval: seconds,
      time,
    },
    plain,
  ),
  reply: fc.record({ type: type('reply'), id: frameId, data: jsonValue }, { ...plain, requiredKeys: ['type', 'data'] }),
  ack: fc.record(
    {
      type: type('ack'),
      id: frameId,
      channel: channelName,
      epoch,
      offset,
      message_count: count,
      duplicate: fc.boolean(),
      delivered: count,
    },
    { ...plain, requiredKeys: ['type', 'message_count'] },
  ),
  subscribed: fc.record(
    { type: type('subscribed'), id: frameId, channel: channelName, epoch, offset, recovered: fc.boolean() },
    { ...plain, requiredKeys: ['type', 'channel', 'epoch', 'offset', 'recovered'] },
  ),
  unsubscribed: fc.record(
    { type: type('unsubscribed'), id: frameId, channel: channelName },
    { ...plain, requiredKeys: ['type', 'channel'] },
  ),
  message: fc.oneof(
    fc.record(
      { type: type('message'), channel: channelName, epoch, offset, from: clientId, data: jsonValue, time },
      plain,
    ),
    fc.record(
      {
        type: type('message'),
        to: fc.record({ client_id: clientId }, plain),
        message_id: fc.uuid(),
        from: clientId,
        data: jsonValue,
        time,
      },
      plain,
    ),
  ),
  history: fc.record(
    {
      type: type('history'),
      id: frameId,
      channel: channelName,
      epoch,
      offset,
      publications: fc.array(publication, { maxLength: 3 }),
      more: fc.boolean(),
      recovered: fc.boolean(),
    },
    { ...plain, requiredKeys: ['type', 'channel', 'epoch', 'offset', 'publications', 'more'] },
  ),
  presence: fc.record(
    {
      type: type('presence'),
      id: frameId,
      channel: channelName,
      clients: fc.array(
        fc.record(
          { client_id: clientId, connections: count, joined_at: time, info: jsonValue },
          { ...plain, requiredKeys: ['client_id', 'connections', 'joined_at'] },
        ),
        { maxLength: 3 },
      ),
      count,
      next_cursor: fc.nat().map(String),
    },
    { ...plain, requiredKeys: ['type', 'channel', 'clients', 'count'] },
  ),
  presence_change: fc.record(
    {
      type: type('presence_change'),
      channel: channelName,
      change: fc.constantFrom('join' as const, 'leave' as const, 'reset' as const),
      client_id: clientId,
      info: jsonValue,
      joined: count,
      left: count,
      time,
    },
    { ...plain, requiredKeys: ['type', 'channel', 'change', 'time'] },
  ),
  'system.heartbeat': fc.record({ type: type('system.heartbeat'), time, active_connections: count }, plain),
  'system.pong': fc.record(
    { type: type('system.pong'), id: frameId, time },
    { ...plain, requiredKeys: ['type', 'time'] },
  ),
  'system.rate_limited': fc.record(
    {
      type: type('system.rate_limited'),
      id: frameId,
      retry_after: seconds,
      violations: count,
      limit: seconds,
      window: seconds,
    },
    { ...plain, requiredKeys: ['type', 'retry_after', 'violations', 'limit', 'window'] },
  ),
  'system.token_expiring': fc.record({ type: type('system.token_expiring'), expires_in: seconds }, plain),
  'system.token_renewed': fc.record(
    { type: type('system.token_renewed'), id: frameId, expires_in: seconds },
    { ...plain, requiredKeys: ['type'] },
  ),
  'system.idle_warning': fc.record(
    {
      type: type('system.idle_warning'),
      idle_seconds: seconds,
      disconnect_in: seconds,
    },
    { ...plain, requiredKeys: ['type', 'idle_seconds'] },
  ),
  'system.reconnect': fc.record(
    {
      type: type('system.reconnect'),
      after_ms: seconds,
      deadline_ms: seconds,
      reason: fc.constantFrom('deploy' as const, 'rollback' as const),
    },
    plain,
  ),
  'system.bye': fc.record({ type: type('system.bye'), message_count: count, reason: text }, plain),
  error: fc.record(
    {
      type: type('error'),
      id: frameId,
      code: fc.constantFrom(...CLIENT_ERRORS, ...SERVER_ERRORS),
      message: text,
    },
    { ...plain, requiredKeys: ['type', 'code', 'message'] },
  ),
};

export const anyServerFrame: fc.Arbitrary<ServerFrame> = fc.oneof(...Object.values(serverFrames));
