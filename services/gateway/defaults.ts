import { ALIASES } from './config/aliases.js';
import { readConfig } from './config/config.js';
import { SHUTDOWN_RESERVE } from './config/together.js';
import { MAX_IDLE_SECONDS } from './transport/websockets.js';

const {
  DRAIN_GRACE,
  GRACEFUL_SHUTDOWN_TIMEOUT,
  WEBSOCKET_HEARTBEAT_INTERVAL,
  HEARTBEAT_TIMEOUT,
  HISTORY_TTL,
  HISTORY_SIZE,
  SESSION_TTL,
  DEDUPE_WINDOW,
} = readConfig({});

/**
 * The numbers of this build that a deploy must know before it starts a worker. The build writes them beside this module
 * as `defaults.json`: so each release carries its own, and nobody has to run it to know them. Times are seconds.
 */
export const DEFAULTS = {
  settings: {
    DRAIN_GRACE,
    GRACEFUL_SHUTDOWN_TIMEOUT,
    WEBSOCKET_HEARTBEAT_INTERVAL,
    HEARTBEAT_TIMEOUT,
    HISTORY_TTL,
    HISTORY_SIZE,
    SESSION_TTL,
    DEDUPE_WINDOW,
  },
  /** Other variables that give a setting, where its own does not. */
  aliases: ALIASES,
  fixed: {
    /** What a stop needs besides the grace. */
    stop_reserve: SHUTDOWN_RESERVE,
    /** After so long without a byte uWebSockets.js ends a connection. */
    socket_idle: MAX_IDLE_SECONDS,
  },
} as const;
