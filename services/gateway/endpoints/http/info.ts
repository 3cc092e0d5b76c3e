import { rateLimits } from '../../config/rate-limits.js';
import type { Config } from '../../config/settings.js';
import { json, type HttpRoute } from '../../transport/http.js';

/** `GET /info/config`: what holds for clients, for people and for clients that want to pace themselves. No secrets. */
export const infoRoute = (config: Config): HttpRoute => {
  const { messages, connections, disconnectAfter } = rateLimits(config);
  const body = {
    rate_limiting: {
      messages_per_window: messages.limit,
      message_window: messages.windowMs / 1000,
      connections_per_window: connections.limit,
      connection_window: connections.windowMs / 1000,
      burst_multiplier: messages.burst,
      disconnect_after: disconnectAfter,
    },
    queue: { max_queue_size: config.MAX_QUEUE_SIZE, consumer_pool_size: config.CONSUMER_POOL_SIZE },
    heartbeat: {
      enable_heartbeat: config.ENABLE_HEARTBEAT,
      heartbeat_interval: config.WEBSOCKET_HEARTBEAT_INTERVAL,
      heartbeat_timeout: config.HEARTBEAT_TIMEOUT,
    },
    max_client_errors: config.MAX_CLIENT_ERRORS,
    max_channels: config.MAX_CHANNELS,
    compression: config.COMPRESSION,
    task_restart_interval: config.TASK_RESTART_INTERVAL,
  };
  return { method: 'get', path: '/info/config', handle: () => json(200, body) };
};
