import type { Question } from './questions.js';

/** Many panels show zero where there is no series: on a stack that has just started, and where a metric's name is wrong. */
const ZERO = / or (?:on \(\) )?vector\(0\)$/;

/** What has no series, lines or marks while all is well. */
const ABSENT_IN_CALM = [
  // No alert fires.
  /^count\(ALERTS\{/,
  // No connection ended within five minutes.
  /^cluster:websocket_long_connections:ratio_rate5m$/,
  // No line at ERROR or FATAL.
  /\| level=~"ERROR\|FATAL" /,
  // The application has no handlers.
  /\bwebsocket_handler_(?:calls_total|seconds_bucket)\b/,
  // No task has ended.
  /\btasks_duration_seconds_bucket\b/,
  // No deploy was rolled back, and none failed.
  /outcome="(?:rolled_back|failed)"/,
];

/**
 * The query whose answer shows that there is something behind the one that is asked: without the zero that it falls back
 * to, or, of marks from Prometheus, the moments that are marked. Undefined: the answer itself shows it, or nothing may be there.
 */
export const substanceOf = ({
  source,
  place,
  expr,
}: Pick<Question, 'source' | 'place' | 'expr'>): string | undefined => {
  const isMark = source === 'prometheus' && place.startsWith('annotation ');
  const substance = isMark ? `(${expr}) > 0` : expr.replace(ZERO, '');
  return substance === expr || ABSENT_IN_CALM.some((absent) => absent.test(substance)) ? undefined : substance;
};
