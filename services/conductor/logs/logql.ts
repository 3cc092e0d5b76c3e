import type { Wanted } from './log-filters.js';

/** The wanted lines in LogQL, without `since`: Loki takes times beside the query. */
export const logqlOf = ({ levels, event, color, session }: Wanted): string => {
  const labels = [
    'service=~".+"',
    ...(color === undefined ? [] : [`color=${quote(color)}`]),
    ...(levels === undefined ? [] : [`level=~${quote(levels.join('|'))}`]),
  ];
  // The text first: a line without it need not be parsed.
  const ofEvent =
    event === undefined
      ? []
      : [`|= ${quote(event)}`, '| json event="event"', `| event=~${quote(`.*${literal(event)}.*`)}`];
  const ofSession =
    session === undefined
      ? []
      : [
          '| json session_id="session_id"',
          `| session_id=~${quote(`${literal(session.begins)}.*|${literal(session.is)}`)}`,
        ];
  return [`{${labels.join(', ')}}`, ...ofEvent, ...ofSession].join(' ');
};

const quote = (text: string): string => JSON.stringify(text);
const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
