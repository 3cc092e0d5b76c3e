import { createHash } from 'node:crypto';
import { multistream, pino, type DestinationStream, type Logger } from 'pino';
import { IsoClock } from '../../protocol/iso-clock.js';
import type { LogShipper } from './shipping/log-shipper.js';
import { ShippingStream } from './shipping/shipping-stream.js';

export type { Logger } from 'pino';

export type LoggerOptions = Readonly<{
  level: string;
  service: string;
  color: string;
  worker: string;
  release: string;
  destination?: DestinationStream;
  /** Takes each line too. */
  shipper?: LogShipper | undefined;
}>;

const FLUSH_AT_BYTES = 8_192;
const FLUSH_EVERY_MS = 100;

/** What each line says of itself. */
export const LINE_FIELDS: ReadonlySet<string> = new Set([
  'timestamp',
  'level',
  'service',
  'color',
  'worker',
  'release',
  'message',
]);

/** JSON lines: `timestamp`, `level` in upper case, `service`, `color`, `worker`, `release`, `message`, and fields. */
export const createLogger = ({
  level,
  service,
  color,
  worker,
  release,
  destination = standardOutput(),
  shipper,
}: LoggerOptions): Logger => {
  const clock = new IsoClock();
  const logger = pino(
    {
      level,
      base: { service, color, worker, release },
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"timestamp":"${clock.at(Date.now())}"`,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
    },
    shipper === undefined ? destination : both(destination, new ShippingStream(shipper)),
  );
  shipper?.tellTo(logger);
  return logger;
};

/** What the logger lets through is the logger's to say. */
const both = (...streams: readonly DestinationStream[]): DestinationStream =>
  multistream(streams.map((stream) => ({ stream, level: 'trace' })));

/**
 * Lines go out together, within `FLUSH_EVERY_MS`: a deploy logs two for each connection, and a write of its own for each
 * was a tenth of a worker's time then. They are out before the process exits, an uncaught error included; what ends it
 * without a word (SIGKILL, an abort, no memory left) takes those of the last 100 ms with it.
 */
const standardOutput = (): DestinationStream => {
  const out = pino.destination({ dest: 1, sync: true, minLength: FLUSH_AT_BYTES, periodicFlush: FLUSH_EVERY_MS });
  process.on('exit', () => out.flushSync());
  return out;
};

/** A session in a log: enough to find its lines, useless to take it over. */
export const loggedSession = (sessionRef: string): string => sessionRef.slice(0, 12);

/** The key of a session in Redis: its id is a bearer secret and is stored nowhere. */
export const sessionDigest = (sessionId: string): string =>
  createHash('sha256').update(sessionId).digest('base64url').slice(0, 32);

/** Lets `perSecond` events through a second and counts the rest, so that logging costs nothing under load. */
export class EventSampler {
  readonly #perSecond: number;
  #second = 0;
  #taken = 0;
  #skipped = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** True: log it, and say that `skipped` ones were not since the last. */
  take(nowMs: number): { readonly skipped: number } | undefined {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#taken = 0;
    }
    if (this.#taken >= this.#perSecond) {
      this.#skipped += 1;
      return undefined;
    }
    this.#taken += 1;
    const skipped = this.#skipped;
    this.#skipped = 0;
    return { skipped };
  }
}
