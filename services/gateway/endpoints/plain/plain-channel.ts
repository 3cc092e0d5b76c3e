import type { Encode } from '../../hub/feed-context.js';
import { encodeMessage } from '../../hub/hub.js';
import { parseOwnChannelName, type ChannelName } from '../../../protocol/ids.js';

/** What is said to all on `/ws/{client_id}`. Its publications are the lines themselves. */
export const PLAIN: ChannelName = requireOwnChannel('~plain');

/** The lines of the plain chat as they are, the publications of every other channel as `message` frames. */
export const encodePublication: Encode = (channel, publication) =>
  channel === PLAIN ? publication.body : encodeMessage(channel, publication);

function requireOwnChannel(name: string): ChannelName {
  const channel = parseOwnChannelName(name);
  if (channel === undefined) throw new Error(`${name} is no channel of the server's own`);
  return channel;
}
