import { isDeepStrictEqual } from 'node:util';
import { parseOffset, type ChannelName } from '../../protocol/ids.js';
import { parseJson } from '../../protocol/json.js';
import { MAX_FRAME_BYTES } from '../../protocol/limits.js';
import type { Accepted, ChannelLog } from '../broker/channel-log.js';

/**
 * Whether a key that was used again stood for another message: the log has something else than `body` there. What it does
 * not have any more can't be compared. @throws BrokerUnavailable
 */
export const isAnotherMessage = async (
  log: ChannelLog,
  channel: ChannelName,
  { epoch, offset }: Accepted,
  body: string,
): Promise<boolean> => {
  const before = parseOffset(offset - 1);
  if (before === undefined) return false;
  const since = { epoch, offset: before };
  const { publications } = await log.read({ channel, since, limit: 1, maxBytes: MAX_FRAME_BYTES });
  const kept = publications.find((publication) => publication.epoch === epoch && publication.offset === offset)?.body;
  // The same fields in another order are the same message.
  return kept !== undefined && kept !== body && !isDeepStrictEqual(parseJson(`{${kept}}`), parseJson(`{${body}}`));
};
