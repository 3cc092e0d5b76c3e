import { z } from 'zod';
import type { LogFilter } from '../config.js';
import { COLORS } from '../engines/engine.js';
import { Failure } from '../failure.js';

/** A line of a worker's log: JSON by pino, or bare text (a stack trace, a message of Node itself). */
export type LogLine = Readonly<{
  source: string;
  raw: string;
  time: number;
  level: string;
  event: string;
  message: string;
  /** What the line says besides, as `name=value`. */
  details: string;
}>;
export type LineFilter = (line: LogLine) => boolean;
export type FilterWords = Readonly<Partial<Record<LogFilter, string | undefined>>>;

const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set(
  'timestamp level event message msg service color worker release'.split(' '),
);

const Fields = z.looseObject({
  timestamp: z.string(),
  level: z.string().default('INFO'),
  event: z.string().default(''),
  message: z.string().optional(),
  msg: z.string().optional(),
});

export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

/** A bare line belongs to the line before it: it has its time. */
export const parseLine = (source: string, raw: string, previousTime: number): LogLine => {
  const fields = parseFields(raw);
  if (fields === undefined)
    return { source, raw, time: previousTime, level: 'ERROR', event: '', message: raw, details: '' };
  return {
    source,
    raw,
    time: Date.parse(fields.timestamp) || previousTime,
    level: fields.level.toUpperCase(),
    event: fields.event,
    message: fields.message ?? fields.msg ?? '',
    details: Object.entries(fields)
      .filter(([name]) => !SHOWN_ELSEWHERE.has(name))
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' '),
  };
};

const parseFields = (raw: string): z.infer<typeof Fields> | undefined => {
  if (!raw.startsWith('{')) return undefined;
  try {
    const result = Fields.safeParse(JSON.parse(raw));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
};

const rank = (level: string): number => LEVELS.findIndex((known) => known === level);

/** @throws {Failure} naming the filter whose value is not one */
export const filterOf = (words: FilterWords, now: number): LineFilter => {
  const least = words.LEVEL === undefined ? -1 : rank(words.LEVEL.toUpperCase());
  if (words.LEVEL !== undefined && least === -1) {
    throw new Failure(`LEVEL=${words.LEVEL} is not one of ${LEVELS.join(', ').toLowerCase()}`, { exitCode: 2 });
  }
  if (words.COLOR !== undefined && !COLORS.some((color) => color === words.COLOR)) {
    throw new Failure(`COLOR=${words.COLOR} is not one of ${COLORS.join(', ')}`, { exitCode: 2 });
  }
  const since = words.SINCE === undefined ? 0 : parseSince(words.SINCE, now);
  return (line) =>
    line.time >= since &&
    rank(line.level) >= least &&
    (words.EVENT === undefined || line.event.includes(words.EVENT)) &&
    (words.COLOR === undefined || line.source.startsWith(`${words.COLOR}-`));
};

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

const parseSince = (text: string, now: number): number => {
  const ago = /^(\d+)([smhd])$/.exec(text);
  if (ago !== null) return now - Number(ago[1]) * (SECONDS[ago[2] ?? 's'] ?? 1) * 1_000;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new Failure(`SINCE=${text} is neither an age (90s, 10m, 2h, 1d) nor a time`, { exitCode: 2 });
};

export const formatLine = (line: LogLine): string => {
  const time = line.time === 0 ? ''.padEnd(12) : new Date(line.time).toISOString().slice(11, 23);
  const event = line.event === '' ? '' : `${line.event}  `;
  const details = line.details === '' ? '' : `  ${line.details}`;
  return `${time} ${line.level.padEnd(5)} ${line.source.padEnd(9)} ${event}${line.message}${details}`;
};
