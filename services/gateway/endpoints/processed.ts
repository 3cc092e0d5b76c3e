import type { ChannelName, Offset } from '../../protocol/ids.js';
import type { EndpointContext } from './context.js';

/**
 * The log line of an accepted message, thinned out. `fields` are those of the connection, put together only where the
 * line is written.
 */
export const logProcessed = (
  { logger, sampler }: EndpointContext,
  fields: () => Readonly<Record<string, unknown>>,
  channel: ChannelName,
  offset: Offset,
): void => {
  const taken = sampler.take(Date.now());
  if (taken === undefined) return;
  logger.info(
    { ...fields(), event: 'websocket_message_processed', channel, offset, ...taken },
    'WebSocket message processed',
  );
};
