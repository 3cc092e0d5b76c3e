import { decodeServerFrame } from '../protocol/decode-server.js';
import type { Place } from './events.js';

/** A `message` of a channel. `id` is its `data`, if that is a string: a ledger's publications carry their id there. */
export type ScannedMessage = Place & Readonly<{ channel: string; id: string }>;

const MESSAGE = '{"type":"message"';
const CHANNEL = `${MESSAGE},"channel":"`;
const EPOCH = '","epoch":"';
const OFFSET = '","offset":';
const DATA = ',"data":';

/**
 * Reads a `message` frame by searching, where thousands come a second: it is written by `messageFrameText` in
 * services/protocol. What is not of that form is decoded. Undefined: another frame.
 */
export const scanMessage = (text: string): ScannedMessage | undefined => {
  if (!text.startsWith(MESSAGE)) return undefined;
  return searched(text) ?? decoded(text);
};

const searched = (text: string): ScannedMessage | undefined => {
  if (!text.startsWith(CHANNEL) || text.includes('\\')) return undefined;
  const channelEnd = text.indexOf('"', CHANNEL.length);
  const epochAt = channelEnd + EPOCH.length;
  const epochEnd = text.indexOf('"', epochAt);
  const offsetAt = epochEnd + OFFSET.length;
  if (!text.startsWith(EPOCH, channelEnd) || !text.startsWith(OFFSET, epochEnd)) return undefined;
  const offsetEnd = text.indexOf(',', offsetAt);
  const dataAt = text.indexOf(DATA, offsetEnd);
  const offset = Number(text.slice(offsetAt, offsetEnd));
  const idAt = dataAt + DATA.length + 1;
  if (dataAt < 0 || text[idAt - 1] !== '"' || !Number.isSafeInteger(offset)) return undefined;
  return {
    channel: text.slice(CHANNEL.length, channelEnd),
    epoch: text.slice(epochAt, epochEnd),
    offset,
    id: text.slice(idAt, text.indexOf('"', idAt)),
  };
};

const decoded = (text: string): ScannedMessage | undefined => {
  const result = decodeServerFrame(text);
  if (!result.ok || result.frame.type !== 'message' || !('channel' in result.frame)) return undefined;
  const { channel, epoch, offset, data } = result.frame;
  return { channel, epoch, offset, id: typeof data === 'string' ? data : '' };
};
