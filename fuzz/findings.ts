import type { LogLine } from '../bench/worker-process.js';
import type { FuzzCase } from './fuzz-case.js';

/** Something that must not be, and what it may have come from. */
export type Finding = Readonly<{ what: string; cases: readonly FuzzCase[] }>;

/** What a worker may say of a client that does wrong: that it noticed. */
const EXPECTED_EVENTS: ReadonlySet<string> = new Set(['admin_login_failed']);

/** 503: refused for overload, or while Redis is away. 505: uWebSockets.js, of half a request line or another version. */
const ALLOWED_STATUSES: ReadonlySet<string> = new Set(['503', '505']);

/** What is wrong with an answer, in words; undefined: nothing. */
export const wrongAnswer = ({ kind }: Readonly<{ kind: string }>, answer: string): string | undefined => {
  if (kind.startsWith('frames')) {
    return answer.includes('"code":"internal"') ? 'a frame was answered with the error internal' : undefined;
  }
  const [, status] =
    [...answer.matchAll(/^HTTP\/1\.1 (5\d\d) /gm)].find(([, found = '']) => !ALLOWED_STATUSES.has(found)) ?? [];
  return status === undefined ? undefined : `answered with HTTP ${status}`;
};

/** Of the lines that a worker has written, those that tell of a defect. */
export const defects = (lines: readonly LogLine[]): readonly LogLine[] =>
  lines.filter(({ event }) => !EXPECTED_EVENTS.has(event));
