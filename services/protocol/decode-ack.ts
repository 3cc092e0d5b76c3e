import type { AckFrame } from './frames.js';
import { parseChannelName, parseEpoch, parseFrameId, parseOffset } from './ids.js';
import type { JsonObject } from './json.js';
import { isMalformed, readCount, readFlag } from './read-fields.js';

/**
 * Written out, since it is read for every publication of a client's own: as a shape it takes a sixth longer, text to frame.
 * Undefined: malformed.
 */
export const decodeAck = (fields: JsonObject): AckFrame | undefined => {
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
