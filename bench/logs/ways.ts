import { multistream, pino, type DestinationStream, type Logger } from 'pino';
import { pinoLoki, type LokiOptions } from 'pino-loki';
import { createLogger } from '../../services/gateway/observability/logger.js';
import { LogShipper, type LogCounts } from '../../services/gateway/observability/shipping/log-shipper.js';
import { pushTo } from '../../services/loki/push.js';

export const WAYS = ['off', 'ours', 'pino-loki', 'pino-loki in a thread'] as const;
export type Way = (typeof WAYS)[number];
export const isWay = (text: string | undefined): text is Way => WAYS.some((way) => way === text);

/** A logger, and how to have its last lines sent. `counts` where the way knows them. */
export type Logging = Readonly<{ logger: Logger; counts: () => LogCounts | undefined; close: () => Promise<void> }>;

const BASE = { service: 'websocket-message-counter', color: 'blue', worker: '1', release: 'bench' };
const CLOSE_MS = 5_000;

/** Standard output of a worker, but to nowhere. */
const nowhere = (): DestinationStream =>
  pino.destination({ dest: '/dev/null', sync: true, minLength: 8_192, periodicFlush: 100 });

/** What the library needs to make our labels; it flushes as often as ours does. */
const lokiOptions = (host: string): LokiOptions => ({
  host,
  labels: { service: BASE.service },
  propsToLabels: ['color', 'worker', 'level'],
  batching: { interval: 0.5 },
  timeout: 5_000,
  silenceErrors: true,
});

export const loggingBy = (way: Way, url: string): Logging => {
  switch (way) {
    case 'off':
      return withoutCounts(createLogger({ level: 'info', ...BASE, destination: nowhere() }), () => Promise.resolve());
    case 'ours': {
      const shipper = new LogShipper({
        url,
        push: pushTo(url),
        pushBeforeExit: () => {},
        labels: BASE,
        bufferBytes: 4 * 1024 * 1024,
      });
      const logger = createLogger({ level: 'info', ...BASE, destination: nowhere(), shipper });
      return { logger, counts: () => shipper.counts(), close: () => shipper.close(CLOSE_MS) };
    }
    case 'pino-loki': {
      const stream = pinoLoki(lokiOptions(url));
      return withoutCounts(beside(stream), () => closed(stream));
    }
    case 'pino-loki in a thread': {
      const stream = pino.transport<LokiOptions>({ target: 'pino-loki', options: lokiOptions(url) });
      return withoutCounts(beside(stream), () => closed(stream));
    }
  }
  return way satisfies never;
};

const beside = (stream: DestinationStream): Logger =>
  createLogger({
    level: 'info',
    ...BASE,
    destination: multistream([nowhere(), stream].map((each) => ({ stream: each, level: 'trace' }))),
  });

const withoutCounts = (logger: Logger, close: () => Promise<void>): Logging => ({
  logger,
  counts: () => undefined,
  close,
});

/** A transport in a thread does not keep the process; one that hangs does not end. */
const closed = (
  stream: Readonly<{ end(): unknown; once(event: 'close', listener: () => void): unknown }>,
): Promise<void> =>
  new Promise((resolve) => {
    const late = setTimeout(resolve, CLOSE_MS);
    stream.once('close', () => {
      clearTimeout(late);
      resolve();
    });
    stream.end();
  });
