import { make } from '../shared/elements.js';
import { readFields, readText } from '../shared/fields.js';
import { briefOf } from './frame-brief.js';

export type Entry = Readonly<{
  /** The page's number of the connection. */
  connection: number;
  direction: 'in' | 'out' | 'note';
  /** Whose WebSocket it was: `blue 1`. */
  leg: string;
  /** What went over the wire, or a note in words. */
  text: string;
  /** Of a note; a frame says it itself. */
  type?: string;
  again?: boolean;
}>;

/** An entry of the log, as it is shown, searched and copied. */
export type FrameRow = Readonly<{ entry: Entry; element: HTMLElement; haystack: string; line: string }>;

const HEARTBEATS: ReadonlySet<string> = new Set(['system.heartbeat', 'system.ping', 'system.pong']);
const ARROWS = { in: '↓', out: '↑', note: '·' } as const;
const SPOKEN = { in: 'received', out: 'sent', note: 'note' } as const;
const SECRET = /("session_id":")([^"]{8})[^"]*(")/g;

export const frameRow = (entry: Entry, time: Date): FrameRow => {
  const { connection, direction, leg, text, type, again } = entry;
  const fields = direction === 'note' ? undefined : readFields(text);
  const name = type ?? readText(fields?.['type']) ?? 'text';
  const element = make('details', `row ${direction}`);
  element.dataset['type'] = name;
  element.dataset['connection'] = String(connection);
  if (name === 'error') element.classList.add('error');
  if (HEARTBEATS.has(name)) element.classList.add('heartbeat');
  if (again === true) element.classList.add('again');

  const summary = make('summary', '');
  const arrow = make('span', 'arrow', ARROWS[direction]);
  arrow.title = SPOKEN[direction];
  arrow.setAttribute('role', 'img');
  arrow.setAttribute('aria-label', SPOKEN[direction]);
  const clock = make('time', 'time', clockOf(time));
  clock.dateTime = time.toISOString();
  const brief = fields === undefined ? text : briefOf(fields);
  const from = make('span', 'from', String(connection));
  from.title = `Connection ${connection}`;
  summary.append(from, arrow, clock, make('span', 'type', name), make('span', 'brief', brief));
  if (again === true) summary.append(make('span', 'tag', 'again'));
  const worker = make('span', 'leg', leg);
  worker.dataset['color'] = leg.split(' ')[0] ?? '';
  summary.append(worker);
  element.append(summary);
  element.addEventListener(
    'toggle',
    () => {
      element.append(make('pre', 'frame', fields === undefined ? text : JSON.stringify(fields, undefined, 2)));
    },
    { once: true },
  );
  // A session is a secret, and what is copied goes to others.
  const shared = text.replaceAll(SECRET, '$1$2…$3');
  return {
    entry,
    element,
    haystack: `${name} ${leg} ${shared}`.toLowerCase(),
    line: [
      time.toISOString(),
      connection,
      SPOKEN[direction],
      leg,
      direction === 'note' ? `${name}: ${shared}` : shared,
    ].join('\t'),
  };
};

const clockOf = (time: Date): string =>
  `${time.toLocaleTimeString('en-GB')}.${String(time.getMilliseconds()).padStart(3, '0')}`;
