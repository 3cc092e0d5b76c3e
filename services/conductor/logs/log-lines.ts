import { z } from 'zod';

/** A line of a worker or of the conductor: JSON, or bare text (a stack trace, a message of Node itself). */
export type LogLine = Readonly<{
  source: string;
  raw: string;
  time: number;
  level: string;
  event: string;
  message: string;
  /** `session_id`; empty where there is none. */
  session: string;
  /** What the line says besides, as `name=value`. */
  details: string;
}>;

const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set(
  'timestamp level event message msg service color worker release'.split(' '),
);

const Fields = z.looseObject({
  timestamp: z.string(),
  level: z.string().default('INFO'),
  event: z.string().default(''),
  message: z.string().optional(),
  msg: z.string().optional(),
  session_id: z.string().optional(),
});

export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

/** A bare line belongs to the line before it: it has its time. */
export const parseLine = (source: string, raw: string, previousTime: number): LogLine => {
  const fields = parseFields(raw);
  if (fields === undefined)
    return { source, raw, time: previousTime, level: 'ERROR', event: '', message: raw, session: '', details: '' };
  return {
    source,
    raw,
    time: Date.parse(fields.timestamp) || previousTime,
    level: fields.level.toUpperCase(),
    event: fields.event,
    message: fields.message ?? fields.msg ?? '',
    session: fields.session_id ?? '',
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

export const formatLine = (line: LogLine): string => {
  const time = line.time === 0 ? ''.padEnd(12) : new Date(line.time).toISOString().slice(11, 23);
  const event = line.event === '' ? '' : `${line.event}  `;
  const details = line.details === '' ? '' : `  ${line.details}`;
  return `${time} ${line.level.padEnd(5)} ${line.source.padEnd(9)} ${event}${line.message}${details}`;
};
