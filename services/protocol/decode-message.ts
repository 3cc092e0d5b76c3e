import type { JsonValue, MessageFrame, Publication } from './frames.js';
import { parseChannelName, parseClientId, parseEpoch, parseOffset } from './ids.js';
import { isJsonObject, type JsonObject } from './json.js';
import { readText } from './read-fields.js';

/** Written out, as an ack is: it is read for every publication that a client gets. Undefined: malformed. */
export const decodeMessage = (fields: JsonObject): MessageFrame | undefined => {
  const channel = parseChannelName(fields['channel']);
  const publication = decodePublication(fields);
  if (channel === undefined || publication === undefined) return undefined;
  return { type: 'message', channel, ...publication };
};

/** Undefined: malformed. */
export const decodePublication = (value: JsonValue | undefined): Publication | undefined => {
  if (!isJsonObject(value)) return undefined;
  const { data } = value;
  const epoch = parseEpoch(value['epoch']);
  const offset = parseOffset(value['offset']);
  const from = parseClientId(value['from']);
  const time = readText(value['time']);
  if (epoch === undefined || offset === undefined || from === undefined) return undefined;
  return data === undefined || time === undefined ? undefined : { epoch, offset, from, data, time };
};
