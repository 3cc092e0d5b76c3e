import { createHash } from 'node:crypto';
import type { LogFilter } from '../config.js';
import { COLORS } from '../engines/engine.js';
import { Failure } from '../failure.js';
import { LEVELS, type LogLine } from './log-lines.js';

export type FilterWords = Readonly<Partial<Record<LogFilter, string | undefined>>>;

/** Which lines are wanted; undefined: all. */
export type Wanted = Readonly<{
  /** By name, in upper case. */
  levels: readonly string[] | undefined;
  /** The event holds it. */
  event: string | undefined;
  color: string | undefined;
  /** `begins`: how `session_id` begins. `is`: what it is when the words are a session's own id, which no line holds. */
  session: Readonly<{ begins: string; is: string }> | undefined;
  /** ms since 1970. */
  since: number | undefined;
}>;

/** @throws {Failure} naming the filter whose value is not one */
export const wantedBy = (words: FilterWords, now: number): Wanted => {
  const { LEVEL, EVENT, COLOR, SESSION, SINCE } = words;
  if (COLOR !== undefined && !COLORS.some((color) => color === COLOR)) {
    throw new Failure(`COLOR=${COLOR} is not one of ${COLORS.join(', ')}`, { exitCode: 2 });
  }
  return {
    levels: LEVEL === undefined ? undefined : levelsFrom(LEVEL),
    event: EVENT,
    color: COLOR,
    session: SESSION === undefined ? undefined : { begins: SESSION, is: loggedSession(SESSION) },
    since: SINCE === undefined ? undefined : parseSince(SINCE, now),
  };
};

export const isWanted = (wanted: Wanted, line: LogLine): boolean =>
  (wanted.since === undefined || line.time >= wanted.since) &&
  (wanted.levels === undefined || wanted.levels.includes(line.level)) &&
  (wanted.event === undefined || line.event.includes(wanted.event)) &&
  (wanted.color === undefined || line.source.startsWith(`${wanted.color}-`)) &&
  (wanted.session === undefined ||
    line.session.startsWith(wanted.session.begins) ||
    line.session === wanted.session.is);

const levelsFrom = (word: string): readonly string[] => {
  const least = LEVELS.findIndex((level) => level === word.toUpperCase());
  if (least >= 0) return LEVELS.slice(least);
  throw new Failure(`LEVEL=${word} is not one of ${LEVELS.join(', ').toLowerCase()}`, { exitCode: 2 });
};

/** As a worker writes it: the beginning of a digest, since the id is a secret. */
const loggedSession = (sessionId: string): string =>
  createHash('sha256').update(sessionId).digest('base64url').slice(0, 12);

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

const parseSince = (text: string, now: number): number => {
  const ago = /^(\d+)([smhd])$/.exec(text);
  if (ago !== null) return now - Number(ago[1]) * (SECONDS[ago[2] ?? 's'] ?? 1) * 1_000;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new Failure(`SINCE=${text} is neither an age (90s, 10m, 2h, 1d) nor a time`, { exitCode: 2 });
};
