import type { PresenceRequestFrame } from '../../../protocol/frames.js';
import { PRESENCE_LIMIT_DEFAULT } from '../../../protocol/limits.js';
import { clientsOf } from '../members.js';
import type { FrameConnection } from './frame-connection.js';

/** Answers who is in a channel [presence-1]. Never rejects: a failure is told. */
export const answerPresence = async (
  connection: FrameConnection,
  { channel, limit = PRESENCE_LIMIT_DEFAULT, cursor, id }: PresenceRequestFrame,
): Promise<void> => {
  try {
    const { members, count, next } = await connection.context.presence.page(channel, { limit, after: cursor });
    connection.send({
      type: 'presence',
      ...(id === undefined ? {} : { id }),
      channel,
      clients: clientsOf(members),
      count,
      ...(next === undefined ? {} : { next_cursor: next }),
    });
  } catch (error) {
    connection.refusals.failed(error, id);
  }
};
