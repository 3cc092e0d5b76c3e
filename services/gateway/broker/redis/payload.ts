import type { LoggedPublication } from '../channel-log.js';
import type { PresenceChange } from '../presence-store.js';
import { parseClientId, parseEpoch, parseOffset } from '../../../protocol/ids.js';

/**
 * Reads what `publish.lua` sends to a channel's listeners, `<offset>:<timeMs>:<epoch>:<body>`. Undefined when it is
 * something else.
 */
export const parsePayload = (payload: string): LoggedPublication | undefined => {
  const afterOffset = payload.indexOf(':');
  const afterTime = payload.indexOf(':', afterOffset + 1);
  const afterEpoch = payload.indexOf(':', afterTime + 1);
  if (afterOffset < 1 || afterTime < 0 || afterEpoch < 0) return undefined;
  const offset = parseOffset(Number(payload.slice(0, afterOffset)));
  const timeMs = Number(payload.slice(afterOffset + 1, afterTime));
  const epoch = parseEpoch(payload.slice(afterTime + 1, afterEpoch));
  if (offset === undefined || epoch === undefined || !Number.isSafeInteger(timeMs)) return undefined;
  return { epoch, offset, timeMs, body: payload.slice(afterEpoch + 1) };
};

/** Reads what `presence.lua` tells, `join <client> <timeMs>[ <info>]` or `leave …`. Undefined when it is something else. */
export const parsePresenceChange = (payload: string): PresenceChange | undefined => {
  const [change, client, time, ...said] = payload.split(' ');
  const clientId = parseClientId(client);
  const timeMs = Number(time);
  if ((change !== 'join' && change !== 'leave') || clientId === undefined) return undefined;
  if (!Number.isSafeInteger(timeMs)) return undefined;
  return { change, clientId, timeMs, info: said.length === 0 ? undefined : said.join(' ') };
};
