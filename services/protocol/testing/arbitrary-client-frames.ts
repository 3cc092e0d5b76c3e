import * as fc from 'fast-check';
import type { ClientFrame } from '../frames.js';
import { HISTORY_LIMIT_MAX, PRESENCE_LIMIT_MAX } from '../limits.js';
import { channelName, clientId, frameId, jsonValue, plain, position, type } from './arbitrary-values.js';

/** One arbitrary a type, so that a type without one does not compile. */
export const clientFrames: { readonly [T in ClientFrame['type']]: fc.Arbitrary<Extract<ClientFrame, { type: T }>> } = {
  publish: fc.record(
    { type: type('publish'), channel: channelName, data: jsonValue, id: frameId },
    { ...plain, requiredKeys: ['type', 'channel', 'data'] },
  ),
  send: fc.record(
    { type: type('send'), to: fc.record({ client_id: clientId }, plain), data: jsonValue, id: frameId },
    { ...plain, requiredKeys: ['type', 'to', 'data'] },
  ),
  subscribe: fc.record(
    { type: type('subscribe'), channel: channelName, recover: position, presence: fc.boolean(), id: frameId },
    { ...plain, requiredKeys: ['type', 'channel'] },
  ),
  unsubscribe: fc.record(
    { type: type('unsubscribe'), channel: channelName, id: frameId },
    { ...plain, requiredKeys: ['type', 'channel'] },
  ),
  history: fc.record(
    {
      type: type('history'),
      channel: channelName,
      limit: fc.integer({ min: 1, max: HISTORY_LIMIT_MAX }),
      since: position,
      id: frameId,
    },
    { ...plain, requiredKeys: ['type', 'channel'] },
  ),
  presence: fc.record(
    {
      type: type('presence'),
      channel: channelName,
      limit: fc.integer({ min: 1, max: PRESENCE_LIMIT_MAX }),
      cursor: fc.nat().map(String),
      id: frameId,
    },
    { ...plain, requiredKeys: ['type', 'channel'] },
  ),
  'system.ping': fc.record({ type: type('system.ping'), id: frameId }, { ...plain, requiredKeys: ['type'] }),
  'system.pong': fc.record({ type: type('system.pong') }, plain),
  'system.heartbeat': fc.record({ type: type('system.heartbeat') }, plain),
  'system.token': fc.record(
    { type: type('system.token'), token: fc.string({ minLength: 1 }), id: frameId },
    { ...plain, requiredKeys: ['type', 'token'] },
  ),
};

export const anyClientFrame: fc.Arbitrary<ClientFrame> = fc.oneof(...Object.values(clientFrames));
