import { accept, refuse, type Decoded, type Refused } from './decoded.js';
import type {
  ApplicationFrame,
  ClientFrame,
  HistoryRequestFrame,
  JsonValue,
  Position,
  PresenceRequestFrame,
  PublishFrame,
  SendFrame,
  SubscribeFrame,
  TokenFrame,
  UnsubscribeFrame,
} from './frames.js';
import {
  parseChannelName,
  parseClientId,
  parseEpoch,
  parseFrameId,
  parseOffset,
  parsePresenceCursor,
  type FrameId,
} from './ids.js';
import { isDeeperThan, isJsonObject, parseJson, type JsonObject } from './json.js';
import { isMalformed, readFlag } from './read-fields.js';
import { HISTORY_LIMIT_MAX, MAX_JSON_DEPTH, PRESENCE_LIMIT_MAX } from './limits.js';

export type { Decoded } from './decoded.js';

/**
 * One text frame from a client (docs/PROTOCOL.md, Frames, client to server). Never throws; fields that are not in the
 * specification are ignored. The size of the text is the transport's to check.
 * @param application types that handlers of the application take: no type of this specification is ever one of them
 */
export function decodeClientFrame(text: string): Decoded<ClientFrame>;
export function decodeClientFrame(
  text: string,
  application: ReadonlySet<string>,
): Decoded<ClientFrame | ApplicationFrame>;
export function decodeClientFrame(
  text: string,
  application?: ReadonlySet<string>,
): Decoded<ClientFrame | ApplicationFrame> {
  const value = parseJson(text);
  if (value === undefined) return refuse('invalid_json', 'not JSON: a frame is one JSON object');
  if (!isJsonObject(value)) return refuse('invalid_frame', 'a frame is a JSON object');
  const { id: rawId, type } = value;
  const id = parseFrameId(rawId);
  if (id === undefined && rawId !== undefined) {
    return refuse('invalid_frame', 'id must be a string of 1 to 64 characters, without lone surrogates');
  }
  if (isDeeperThan(MAX_JSON_DEPTH, text)) {
    return refuse('invalid_frame', `a frame may be nested ${MAX_JSON_DEPTH} levels deep at most`, id);
  }
  switch (type) {
    case 'publish':
      return decodePublish(value, id);
    case 'send':
      return decodeSend(value, id);
    case 'subscribe':
      return decodeSubscribe(value, id);
    case 'unsubscribe':
      return decodeUnsubscribe(value, id);
    case 'presence':
      return decodePresence(value, id);
    case 'history':
      return decodeHistory(value, id);
    case 'system.ping':
      return accept(id === undefined ? { type } : { type, id });
    case 'system.token':
      return decodeToken(value, id);
    case 'system.pong':
    case 'system.heartbeat':
      return accept({ type });
    default:
      if (typeof type !== 'string') return refuse('invalid_frame', `type must be a string, one of ${TYPES}`, id);
      if (application?.has(type) === true) return decodeApplication(type, value, id);
      return refuse('unknown_type', `unknown type; known are ${TYPES}`, id);
  }
}

const OBJECT_START = /^[ \t\n\r]*\{/;

/**
 * Whether a text can be a frame at all, that is a JSON object. On `/ws/chat/` a text that can't be one, or that is
 * refused with `invalid_json`, is a message (docs/PROTOCOL.md, Endpoints).
 */
export const canBeFrame = (text: string): boolean => OBJECT_START.test(text);

/** Every type of frame that is decoded. */
export const CLIENT_FRAME_TYPES = [
  'publish',
  'send',
  'subscribe',
  'unsubscribe',
  'history',
  'presence',
  'system.ping',
  'system.pong',
  'system.heartbeat',
  'system.token',
] as const satisfies readonly ClientFrame['type'][];

const TYPES = `${CLIENT_FRAME_TYPES.slice(0, -1).join(', ')} and ${CLIENT_FRAME_TYPES.at(-1)}`;

const decodeApplication = (name: string, { data }: JsonObject, id: FrameId | undefined): Decoded<ApplicationFrame> =>
  accept(id === undefined ? { type: 'application', name, data } : { type: 'application', name, data, id });

const decodePublish = (fields: JsonObject, id: FrameId | undefined): Decoded<PublishFrame> => {
  const { channel: name, data } = fields;
  const channel = parseChannelName(name);
  if (channel === undefined) return refuseChannel(name, id);
  if (data === undefined) return refuseData(id);
  return accept(id === undefined ? { type: 'publish', channel, data } : { type: 'publish', channel, data, id });
};

const decodeSend = (fields: JsonObject, id: FrameId | undefined): Decoded<SendFrame> => {
  const { to, data } = fields;
  const clientId = parseClientId(isJsonObject(to) ? to['client_id'] : undefined);
  if (clientId === undefined) {
    return refuse('invalid_frame', 'to must be {"client_id": a string of the form [A-Za-z0-9_-]{1,64}}', id);
  }
  if (data === undefined) return refuseData(id);
  const frame: SendFrame = { type: 'send', to: { client_id: clientId }, data };
  return accept(id === undefined ? frame : { ...frame, id });
};

const decodeSubscribe = (fields: JsonObject, id: FrameId | undefined): Decoded<SubscribeFrame> => {
  const { channel: name, recover: rawRecover, presence: rawPresence } = fields;
  const channel = parseChannelName(name);
  if (channel === undefined) return refuseChannel(name, id);
  const recover = parsePosition(rawRecover);
  if (recover === undefined && rawRecover !== undefined) return refusePosition('recover', id);
  const presence = readFlag(rawPresence);
  if (isMalformed(rawPresence, presence)) return refuse('invalid_frame', 'presence must be true or false', id);
  return accept({
    type: 'subscribe',
    channel,
    ...(recover !== undefined && { recover }),
    ...(presence !== undefined && { presence }),
    ...(id !== undefined && { id }),
  });
};

const decodeUnsubscribe = (fields: JsonObject, id: FrameId | undefined): Decoded<UnsubscribeFrame> => {
  const channel = parseChannelName(fields['channel']);
  if (channel === undefined) return refuseChannel(fields['channel'], id);
  return accept(id === undefined ? { type: 'unsubscribe', channel } : { type: 'unsubscribe', channel, id });
};

const decodePresence = (fields: JsonObject, id: FrameId | undefined): Decoded<PresenceRequestFrame> => {
  const { channel: name, limit: rawLimit, cursor: rawCursor } = fields;
  const channel = parseChannelName(name);
  if (channel === undefined) return refuseChannel(name, id);
  const limit = parseLimit(rawLimit, PRESENCE_LIMIT_MAX);
  if (limit === undefined && rawLimit !== undefined) return refuseLimit(PRESENCE_LIMIT_MAX, id);
  const cursor = parsePresenceCursor(rawCursor);
  if (cursor === undefined && rawCursor !== undefined) {
    return refuse('invalid_frame', 'cursor must be the next_cursor of an earlier answer', id);
  }
  return accept({
    type: 'presence',
    channel,
    ...(limit !== undefined && { limit }),
    ...(cursor !== undefined && { cursor }),
    ...(id !== undefined && { id }),
  });
};

const decodeHistory = (fields: JsonObject, id: FrameId | undefined): Decoded<HistoryRequestFrame> => {
  const { channel: name, limit: rawLimit, since: rawSince } = fields;
  const channel = parseChannelName(name);
  if (channel === undefined) return refuseChannel(name, id);
  const limit = parseLimit(rawLimit, HISTORY_LIMIT_MAX);
  if (limit === undefined && rawLimit !== undefined) return refuseLimit(HISTORY_LIMIT_MAX, id);
  const since = parsePosition(rawSince);
  if (since === undefined && rawSince !== undefined) return refusePosition('since', id);
  return accept({
    type: 'history',
    channel,
    ...(limit !== undefined && { limit }),
    ...(since !== undefined && { since }),
    ...(id !== undefined && { id }),
  });
};

const decodeToken = ({ token }: JsonObject, id: FrameId | undefined): Decoded<TokenFrame> => {
  if (typeof token !== 'string' || token === '') return refuse('invalid_frame', 'token must be a string', id);
  return accept(id === undefined ? { type: 'system.token', token } : { type: 'system.token', token, id });
};

const parsePosition = (value: JsonValue | undefined): Position | undefined => {
  if (!isJsonObject(value)) return undefined;
  const epoch = parseEpoch(value['epoch']);
  const offset = parseOffset(value['offset']);
  return epoch === undefined || offset === undefined ? undefined : { epoch, offset };
};

const parseLimit = (value: JsonValue | undefined, most: number): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;

/** A channel that is no string is a malformed frame; a string of the wrong form is no channel. */
const refuseChannel = (value: JsonValue | undefined, id: FrameId | undefined): Refused =>
  typeof value === 'string'
    ? refuse('invalid_channel', 'channel must be of the form [A-Za-z0-9_.:-]{1,128}', id)
    : refuse('invalid_frame', 'channel must be a string of the form [A-Za-z0-9_.:-]{1,128}', id);

const refuseData = (id: FrameId | undefined): Refused =>
  refuse('invalid_frame', 'data is missing: it may be any JSON value, null too', id);

const refuseLimit = (most: number, id: FrameId | undefined): Refused =>
  refuse('invalid_frame', `limit must be a whole number from 1 to ${most}`, id);

const refusePosition = (field: 'recover' | 'since', id: FrameId | undefined): Refused =>
  refuse(
    'invalid_frame',
    `${field} must be {"epoch": a string of 1 to 64 characters, "offset": a whole number, 0 or more}`,
    id,
  );
