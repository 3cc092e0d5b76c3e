import { ConfigError, readConfig, readSettings, SHUTDOWN_RESERVE, type Config } from './config.js';
import { MAX_IDLE_SECONDS } from './transport/websockets.js';

// A program: prints, as one line of JSON, the numbers that a worker of this build would run with in this environment. A
// deploy asks before it starts anything, and so knows the defaults of the very release that it is about to start.

const refusalOf = (): string | null => {
  try {
    readConfig();
    return null;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
};

const numbersOf = ({
  DRAIN_GRACE,
  GRACEFUL_SHUTDOWN_TIMEOUT,
  WEBSOCKET_HEARTBEAT_INTERVAL,
  HEARTBEAT_TIMEOUT,
  HISTORY_TTL,
  HISTORY_SIZE,
}: Config) => ({
  DRAIN_GRACE,
  GRACEFUL_SHUTDOWN_TIMEOUT,
  WEBSOCKET_HEARTBEAT_INTERVAL,
  HEARTBEAT_TIMEOUT,
  HISTORY_TTL,
  HISTORY_SIZE,
  /** What a stop needs besides the grace, s. */
  stop_reserve: SHUTDOWN_RESERVE,
  /** After so long without a byte uWebSockets.js ends a connection, s. */
  socket_idle: MAX_IDLE_SECONDS,
  /** Why the worker would not start with them. */
  refusal: refusalOf(),
});

try {
  process.stdout.write(`${JSON.stringify(numbersOf(readSettings()))}\n`);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
