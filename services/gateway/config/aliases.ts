import type { Config } from './settings.js';

/** Settings of the FastPluggy WebSocket tool that bear the same name here. */
const SHARED = [
  'MAX_QUEUE_SIZE',
  'CONSUMER_POOL_SIZE',
  'ENABLE_HEARTBEAT',
  'HEARTBEAT_TIMEOUT',
  'MAX_CLIENT_ERRORS',
  'TASK_RESTART_INTERVAL',
  'RATE_LIMIT_MESSAGES_PER_WINDOW',
  'RATE_LIMIT_MESSAGE_WINDOW',
  'RATE_LIMIT_CONNECTIONS_PER_WINDOW',
  'RATE_LIMIT_CONNECTION_WINDOW',
  'RATE_LIMIT_BURST_MULTIPLIER',
  'RATE_LIMIT_DISCONNECT_AFTER',
] as const satisfies readonly (keyof Config)[];

/** Names of that tool that mean the same as ours, weakest first; ours win where both are set. */
export const ALIASES: Readonly<Record<string, keyof Config>> = {
  ...Object.fromEntries(SHARED.map((name) => [`FP_WST_${name}`, name])),
  FP_WST_HEARTBEAT_INTERVAL: 'WEBSOCKET_HEARTBEAT_INTERVAL',
  HEARTBEAT_INTERVAL: 'WEBSOCKET_HEARTBEAT_INTERVAL',
};
