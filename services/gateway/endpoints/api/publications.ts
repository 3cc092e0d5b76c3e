import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { publicationBody } from '../../../protocol/encode.js';
import type { JsonValue } from '../../../protocol/frames.js';
import { parseClientId, parseOffset, type ChannelName, type ClientId } from '../../../protocol/ids.js';
import { parseJson } from '../../../protocol/json.js';
import { MAX_FRAME_BYTES } from '../../../protocol/limits.js';
import type { Accepted, ChannelLog } from '../../broker/channel-log.js';
import { logProcessed } from '../processed.js';
import type { EndpointContext } from '../context.js';
import { whyNoStory, type Said } from '../stories.js';
import type { Call } from './command.js';
import { Problem } from './problem.js';

/** Who is named as the publisher where the caller names nobody; no client can bear it [connect-3]. */
export const API = requireClientId('api');

type Publishing = Readonly<{
  channel: ChannelName;
  data: JsonValue;
  from: ClientId | undefined;
  /** The caller's own for this publish; else that of the request holds. */
  idempotencyKey: string | undefined;
}>;

export type Published = Readonly<{ channel: string; epoch: string; offset: number; duplicate: boolean }>;
export type Publish = (publishing: Publishing, call: Call) => Promise<Published>;

/**
 * Publishes for callers of the API. The log dedupes by publisher and id, as for a client [once-1]: a caller's keys are
 * its own. Publishes without one go under another name, so that they push no key out of the window.
 */
export const createPublish =
  (context: EndpointContext): Publish =>
  async ({ channel, data, from, idempotencyKey }, { caller, metrics, idempotencyKey: ofRequest }) => {
    refuseStory({ channel, from });
    const key = idempotencyKey === undefined ? ofRequest : idOfKey(idempotencyKey);
    const body = publicationBody(from ?? API, data);
    const startedAt = performance.now();
    let accepted: Accepted;
    try {
      accepted = await context.log.publish({
        channel,
        publisher: key === undefined ? `api:${caller.name}:once` : `api:${caller.name}`,
        id: key ?? randomUUID(),
        body,
      });
    } catch (error) {
      metrics.messageFailed();
      throw error;
    }
    const { epoch, offset, duplicate } = accepted;
    metrics.messageAccepted(duplicate, (performance.now() - startedAt) / 1000);
    logProcessed(context, () => ({ api_caller: caller.name }), channel, offset);
    if (duplicate && (await isAnother(context.log, channel, accepted, body))) {
      throw new Problem(
        'key_reused',
        `${channel}: this idempotency key was used for another message, at offset ${offset}; nothing was published`,
      );
    }
    return { channel, epoch, offset, duplicate };
  };

/** Whether the log has something else there. What it does not have any more can't be compared. @throws BrokerUnavailable */
const isAnother = async (
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

/** @throws Problem: only tasks tell of tasks [task-5] */
export const refuseStory = (said: Said): void => {
  const why = whyNoStory(said);
  if (why !== undefined) throw new Problem('forbidden', why);
};

/**
 * The id of a publish under a key. Those of a batch have `<id>/<place>`, and no key gives what ends so: the key `a/0` of
 * one call is never the first command of a batch under the key `a` [api-7].
 */
export const idOfKey = (key: string): string => (/\/\d+\/*$/.test(key) ? `${key}/` : key);

function requireClientId(name: string): ClientId {
  const id = parseClientId(name);
  if (id === undefined) throw new Error(`${name} is not a client id`);
  return id;
}
