import { isIPv4 } from 'node:net';
import { allowsAnonymous, tokenKeys } from './mode.js';
import type { Config } from './settings.js';

/** One or more settings are wrong; the message has a line for each: variable, value, what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What a stop needs besides the moves, s: places, the lease, Redis. */
export const SHUTDOWN_RESERVE = 2;

/** A TimeSeries of so many points is sent whole and has some 100 KB; a subscription may ask for six of them. */
const MAX_SAMPLES = 2_000;
/** What a stack of development gives its workers where nothing is set. */
const KNOWN_PASSWORD = 'admin';
/** Characters of a password in production: shorter ones are guessed, however much guessing is slowed down. */
const LEAST_PASSWORD = 12;

/** @throws ConfigError */
const checkRemoteKeys = ({ MODE, JWKS_URL: url, JWT_AUDIENCE: audience }: Config): void => {
  if (MODE !== 'production' || url === undefined) return;
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !isLoopback(hostname)) {
    throw new ConfigError(
      `JWKS_URL=${url}: must be https:// with MODE=production, or whoever is on the way could give a key of his own and ` +
        'be anybody',
    );
  }
  if (audience === undefined) {
    throw new ConfigError(
      'JWT_AUDIENCE: must be set where JWKS_URL is, with MODE=production: the keys of an identity provider sign tokens for ' +
        'other applications too, and each of those would open this one',
    );
  }
};

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));

const checkTokens = (config: Config): void => {
  const keys = tokenKeys(config);
  for (const name of ['JWT_SECRET', 'JWT_PUBLIC_KEY'] as const) {
    if (config[`${name}_PREVIOUS`] !== undefined && config[name] === undefined) {
      throw new ConfigError(`${name}_PREVIOUS: is the key before ${name}, which is not set`);
    }
  }
  if (keys.length > 1) throw new ConfigError(`${keys.join(', ')}: only one of them can be what checks tokens`);
  if (keys.length === 0 && !allowsAnonymous(config)) {
    const off = config.ALLOW_ANONYMOUS === undefined ? 'MODE=production' : 'ALLOW_ANONYMOUS=false';
    throw new ConfigError(
      `${off}: clients need a token, and none can be checked: set JWT_SECRET, JWT_PUBLIC_KEY or JWKS_URL, or ` +
        'ALLOW_ANONYMOUS=true',
    );
  }
};

/** Settings that are good alone and wrong beside one another. @throws ConfigError */
export const checkTogether = (config: Config): void => {
  checkTokens(config);
  checkRemoteKeys(config);
  if (config.ADMIN_PASSWORD === KNOWN_PASSWORD && config.MODE === 'production') {
    throw new ConfigError('ADMIN_PASSWORD: not the one of development with MODE=production: everybody knows it');
  }
  if (config.MODE === 'production' && (config.ADMIN_PASSWORD?.length ?? LEAST_PASSWORD) < LEAST_PASSWORD) {
    throw new ConfigError(`ADMIN_PASSWORD: at least ${LEAST_PASSWORD} characters with MODE=production`);
  }
  if (config.ECHO_ENDPOINT && config.MODE === 'production') {
    throw new ConfigError(
      'ECHO_ENDPOINT=true: not with MODE=production: /ws/echo knows no token and no limit, and is for tests',
    );
  }
  if (config.HEARTBEAT_TIMEOUT <= config.WEBSOCKET_HEARTBEAT_INTERVAL) {
    throw new ConfigError(
      `HEARTBEAT_TIMEOUT=${config.HEARTBEAT_TIMEOUT}: must be more than WEBSOCKET_HEARTBEAT_INTERVAL ` +
        `(${config.WEBSOCKET_HEARTBEAT_INTERVAL} s), or every connection would time out`,
    );
  }
  if (config.IDLE_DISCONNECT !== undefined && config.IDLE_DISCONNECT <= config.IDLE_TIMEOUT) {
    throw new ConfigError(
      `IDLE_DISCONNECT=${config.IDLE_DISCONNECT}: must be more than IDLE_TIMEOUT (${config.IDLE_TIMEOUT} s), or nobody ` +
        'would be warned before',
    );
  }
  if (config.METRICS_HISTORY / config.METRICS_SAMPLE_INTERVAL > MAX_SAMPLES) {
    throw new ConfigError(
      `METRICS_HISTORY=${config.METRICS_HISTORY}: must be at most ${MAX_SAMPLES} times METRICS_SAMPLE_INTERVAL ` +
        `(${config.METRICS_SAMPLE_INTERVAL} s): that is how many samples are kept`,
    );
  }
  if (config.DRAIN_GRACE + SHUTDOWN_RESERVE > config.GRACEFUL_SHUTDOWN_TIMEOUT) {
    throw new ConfigError(
      `DRAIN_GRACE=${config.DRAIN_GRACE}: must be at least ${SHUTDOWN_RESERVE} s less than GRACEFUL_SHUTDOWN_TIMEOUT ` +
        `(${config.GRACEFUL_SHUTDOWN_TIMEOUT} s), or a stop would end before its connections may move`,
    );
  }
};
