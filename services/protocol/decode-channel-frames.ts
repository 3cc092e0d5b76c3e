import type {
  AckFrame,
  HistoryFrame,
  JsonValue,
  MessageFrame,
  PresenceChangeFrame,
  PresenceFrame,
  Publication,
  SubscribedFrame,
  TargetedMessageFrame,
  UnsubscribedFrame,
} from './frames.js';
import { parseChannelName, parseClientId, parseEpoch, parseFrameId, parseOffset } from './ids.js';
import { isJsonObject, type JsonObject } from './json.js';
import { isMalformed, readCount, readFlag, readText } from './read-fields.js';

export type ChannelFrame =
  | AckFrame
  | SubscribedFrame
  | UnsubscribedFrame
  | MessageFrame
  | TargetedMessageFrame
  | HistoryFrame
  | PresenceFrame
  | PresenceChangeFrame;

/** Undefined: no such type here. */
export const decodeChannelFrame = (type: string, fields: JsonObject): ChannelFrame | 'malformed' | undefined => {
  switch (type) {
    case 'message':
      return (fields['to'] === undefined ? decodeMessage(fields) : decodeTargeted(fields)) ?? 'malformed';
    case 'ack':
      return decodeAck(fields) ?? 'malformed';
    case 'subscribed':
      return decodeSubscribed(fields) ?? 'malformed';
    case 'unsubscribed':
      return decodeUnsubscribed(fields) ?? 'malformed';
    case 'history':
      return decodeHistory(fields) ?? 'malformed';
    case 'presence':
      return decodePresence(fields) ?? 'malformed';
    case 'presence_change':
      return decodePresenceChange(fields) ?? 'malformed';
    default:
      return undefined;
  }
};

const decodePublication = (value: JsonValue): Publication | undefined => {
  if (!isJsonObject(value)) return undefined;
  const { data } = value;
  const epoch = parseEpoch(value['epoch']);
  const offset = parseOffset(value['offset']);
  const from = parseClientId(value['from']);
  const time = readText(value['time']);
  if (epoch === undefined || offset === undefined || from === undefined) return undefined;
  return data === undefined || time === undefined ? undefined : { epoch, offset, from, data, time };
};

const decodeMessage = (fields: JsonObject): MessageFrame | undefined => {
  const channel = parseChannelName(fields['channel']);
  const publication = decodePublication(fields);
  if (channel === undefined || publication === undefined) return undefined;
  return { type: 'message', channel, ...publication };
};

const decodeTargeted = (fields: JsonObject): TargetedMessageFrame | undefined => {
  const { to, data } = fields;
  const clientId = parseClientId(isJsonObject(to) ? to['client_id'] : undefined);
  const from = parseClientId(fields['from']);
  const time = readText(fields['time']);
  const messageId = readText(fields['message_id']);
  if (clientId === undefined || from === undefined || data === undefined || time === undefined) return undefined;
  return messageId === undefined
    ? undefined
    : { type: 'message', to: { client_id: clientId }, message_id: messageId, from, data, time };
};

const decodeAck = (fields: JsonObject): AckFrame | undefined => {
  const id = parseFrameId(fields['id']);
  const channel = parseChannelName(fields['channel']);
  const epoch = parseEpoch(fields['epoch']);
  const offset = parseOffset(fields['offset']);
  const messageCount = readCount(fields['message_count']);
  const duplicate = readFlag(fields['duplicate']);
  const delivered = readCount(fields['delivered']);
  if (messageCount === undefined || isMalformed(fields['id'], id) || isMalformed(fields['channel'], channel)) {
    return undefined;
  }
  if (isMalformed(fields['epoch'], epoch) || isMalformed(fields['offset'], offset)) return undefined;
  if (isMalformed(fields['duplicate'], duplicate) || isMalformed(fields['delivered'], delivered)) return undefined;
  return {
    type: 'ack',
    ...(id !== undefined && { id }),
    ...(channel !== undefined && { channel }),
    ...(epoch !== undefined && { epoch }),
    ...(offset !== undefined && { offset }),
    message_count: messageCount,
    ...(duplicate !== undefined && { duplicate }),
    ...(delivered !== undefined && { delivered }),
  };
};

const decodeSubscribed = (fields: JsonObject): SubscribedFrame | undefined => {
  const id = parseFrameId(fields['id']);
  const channel = parseChannelName(fields['channel']);
  const epoch = parseEpoch(fields['epoch']);
  const offset = parseOffset(fields['offset']);
  const recovered = readFlag(fields['recovered']);
  if (channel === undefined || epoch === undefined || offset === undefined || recovered === undefined) {
    return undefined;
  }
  if (isMalformed(fields['id'], id)) return undefined;
  return { type: 'subscribed', ...(id !== undefined && { id }), channel, epoch, offset, recovered };
};

const decodeUnsubscribed = (fields: JsonObject): UnsubscribedFrame | undefined => {
  const id = parseFrameId(fields['id']);
  const channel = parseChannelName(fields['channel']);
  if (channel === undefined || isMalformed(fields['id'], id)) return undefined;
  return { type: 'unsubscribed', ...(id !== undefined && { id }), channel };
};

const decodeHistory = (fields: JsonObject): HistoryFrame | undefined => {
  const id = parseFrameId(fields['id']);
  const channel = parseChannelName(fields['channel']);
  const epoch = parseEpoch(fields['epoch']);
  const offset = parseOffset(fields['offset']);
  const publications = decodeEach(fields['publications'], decodePublication);
  const more = readFlag(fields['more']);
  const recovered = readFlag(fields['recovered']);
  if (channel === undefined || epoch === undefined || offset === undefined || publications === undefined) {
    return undefined;
  }
  if (more === undefined || isMalformed(fields['id'], id) || isMalformed(fields['recovered'], recovered)) {
    return undefined;
  }
  return {
    type: 'history',
    ...(id !== undefined && { id }),
    channel,
    epoch,
    offset,
    publications,
    more,
    ...(recovered !== undefined && { recovered }),
  };
};

const decodePresence = (fields: JsonObject): PresenceFrame | undefined => {
  const id = parseFrameId(fields['id']);
  const channel = parseChannelName(fields['channel']);
  const clients = decodeEach(fields['clients'], decodePresent);
  const count = readCount(fields['count']);
  const cursor = readText(fields['next_cursor']);
  if (isMalformed(fields['next_cursor'], cursor)) return undefined;
  if (channel === undefined || clients === undefined || count === undefined || isMalformed(fields['id'], id)) {
    return undefined;
  }
  return {
    type: 'presence',
    ...(id !== undefined && { id }),
    channel,
    clients,
    count,
    ...(cursor !== undefined && { next_cursor: cursor }),
  };
};

const decodePresenceChange = (fields: JsonObject): PresenceChangeFrame | undefined => {
  const { change } = fields;
  const channel = parseChannelName(fields['channel']);
  const clientId = parseClientId(fields['client_id']);
  const time = readText(fields['time']);
  if (change !== 'join' && change !== 'leave' && change !== 'reset') return undefined;
  if (channel === undefined || time === undefined || isMalformed(fields['client_id'], clientId)) return undefined;
  return { type: 'presence_change', channel, change, ...(clientId !== undefined && { client_id: clientId }), time };
};

const decodePresent = (value: JsonValue): PresenceFrame['clients'][number] | undefined => {
  if (!isJsonObject(value)) return undefined;
  const clientId = parseClientId(value['client_id']);
  const connections = readCount(value['connections']);
  const joinedAt = readText(value['joined_at']);
  if (clientId === undefined || connections === undefined || joinedAt === undefined) return undefined;
  return { client_id: clientId, connections, joined_at: joinedAt };
};

/** Undefined unless the value is an array of which every item decodes. */
const decodeEach = <T>(
  value: JsonValue | undefined,
  decode: (item: JsonValue) => T | undefined,
): readonly T[] | undefined => {
  if (!isJsonArray(value)) return undefined;
  const decoded: T[] = [];
  for (const item of value) {
    const result = decode(item);
    if (result === undefined) return undefined;
    decoded.push(result);
  }
  return decoded;
};

const isJsonArray = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
