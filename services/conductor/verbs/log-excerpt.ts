import { join } from 'node:path';
import { formatLine, parseLine, type LogLine } from '../logs/log-lines.js';

const SHOWN = 5;
const NAMED = /^(\S+) \| (.*)$/s;
/** Of a stack trace: its first line says what it is about. */
const FRAME = /^\s+at /;

/**
 * The few lines of a worker's log that tell why it failed: warnings and worse, or, where there are none, the last ones;
 * then the file that has them all. `log` holds lines as `lastWords` gives them.
 */
export const excerptOf = (log: readonly string[], logFolder: string): readonly string[] => {
  const lines = linesOf(log);
  const [first] = lines;
  if (first === undefined) return [];
  const telling = lines.filter(({ level }) => ['WARN', 'ERROR', 'FATAL'].includes(level));
  return [
    ...(telling.length > 0 ? telling : lines).slice(-SHOWN).map((line) => `  ${formatLine(line).trimStart()}`),
    `  all of it: ${join(logFolder, `${first.source}.log`)}`,
  ];
};

/** What the worker of such a log said of its end, after words about it; nothing where it said nothing. */
export const saidAtLast = (log: readonly string[]): string => {
  const last = linesOf(log).findLast(({ level }) => ['ERROR', 'FATAL'].includes(level));
  return last === undefined ? '' : `; it said: ${last.message}`;
};

const linesOf = (log: readonly string[]): readonly LogLine[] =>
  log.flatMap((text): LogLine[] => {
    const [, source, raw] = NAMED.exec(text) ?? [];
    return source === undefined || raw === undefined || FRAME.test(raw) ? [] : [parseLine(source, raw, 0)];
  });
