import type { Config } from './settings.js';

/** The rate limits, as one object. */
export const rateLimits = (config: Config) => ({
  messages: {
    limit: config.RATE_LIMIT_MESSAGES_PER_WINDOW,
    windowMs: config.RATE_LIMIT_MESSAGE_WINDOW * 1000,
    burst: config.RATE_LIMIT_BURST_MULTIPLIER,
  },
  connections: {
    limit: config.RATE_LIMIT_CONNECTIONS_PER_WINDOW,
    windowMs: config.RATE_LIMIT_CONNECTION_WINDOW * 1000,
    burst: config.RATE_LIMIT_BURST_MULTIPLIER,
  },
  disconnectAfter: config.RATE_LIMIT_DISCONNECT_AFTER,
});
