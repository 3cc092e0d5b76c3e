import { historyFrameText } from '../../../protocol/encode.js';
import type { HistoryRequestFrame } from '../../../protocol/frames.js';
import { HISTORY_LIMIT_DEFAULT, HISTORY_MAX_BYTES } from '../../../protocol/limits.js';
import type { FrameConnection } from './frame-connection.js';

/** Answers what a channel's log has [history-1]. Never rejects: a failure is told. */
export const answerHistory = async (
  connection: FrameConnection,
  { channel, limit = HISTORY_LIMIT_DEFAULT, since, id }: HistoryRequestFrame,
): Promise<void> => {
  try {
    const slice = await connection.context.log.read({
      channel,
      ...(since === undefined ? {} : { since }),
      limit,
      maxBytes: HISTORY_MAX_BYTES,
    });
    const answer = {
      type: 'history' as const,
      ...(id === undefined ? {} : { id }),
      channel,
      ...slice.top,
      more: slice.more,
      ...(since === undefined ? {} : { recovered: slice.continuous }),
    };
    connection.out.send(historyFrameText(answer, slice.publications));
  } catch (error) {
    connection.refusals.failed(error, id);
  }
};
