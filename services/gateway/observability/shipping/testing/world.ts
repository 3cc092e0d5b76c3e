import { onTestFinished } from 'vitest';
import { pushTo } from '../../../../loki/push.js';
import type { FakeLoki } from '../../../../loki/testing/fake-loki.js';
import { createLogger, type Logger } from '../../logger.js';
import { LogShipper, type ShipperOptions } from '../log-shipper.js';

export type Line = Readonly<Record<string, unknown>>;
export type World = Readonly<{ shipper: LogShipper; logger: Logger; stdout: Line[] }>;

/** For what comes by itself: a busy machine is no failure. */
export const PATIENCE = { timeout: 10_000 };
const QUICK = { flushEveryMs: 5, longestBackOffMs: 20 };
export const LABELS = { service: 'websocket-message-counter', color: 'blue', worker: '1' };

/** A logger that ships to a Loki, quickly, and what it wrote to standard output. */
export const worldOf = (url: string, options: Partial<ShipperOptions> = {}): World => {
  const stdout: Line[] = [];
  const shipper = new LogShipper({
    url,
    push: pushTo(url),
    pushBeforeExit: () => {},
    labels: LABELS,
    bufferBytes: 4 * 1024 * 1024,
    ...QUICK,
    ...options,
  });
  const logger = createLogger({
    level: 'debug',
    ...LABELS,
    release: 'r1',
    destination: { write: (line) => void stdout.push(JSON.parse(line) as Line) },
    shipper,
  });
  onTestFinished(() => shipper.close(0));
  return { shipper, logger, stdout };
};
export const events = (lines: readonly Line[]): readonly unknown[] => lines.map(({ event }) => event);
export const told = ({ stdout }: World): readonly Line[] =>
  stdout.filter(({ event }) => String(event).startsWith('loki_'));
export const eventsAt = (loki: FakeLoki): readonly unknown[] =>
  events(loki.taken.map(({ line }) => JSON.parse(line) as Line)).filter((event) => !String(event).startsWith('loki_'));
