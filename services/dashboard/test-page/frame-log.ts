import { find, make } from '../shared/elements.js';
import { readFields, readText } from '../shared/fields.js';
import { briefOf } from './frame-brief.js';

export type Entry = Readonly<{
  direction: 'in' | 'out' | 'note';
  /** Whose WebSocket it was: `blue 1`. */
  leg: string;
  /** What went over the wire, or a note in words. */
  text: string;
  /** Of a note; a frame says it itself. */
  type?: string;
  again?: boolean;
}>;

const MOST_ROWS = 500;
const HEARTBEATS: ReadonlySet<string> = new Set(['system.heartbeat', 'system.ping', 'system.pong']);
const ARROWS = { in: '↓', out: '↑', note: '·' } as const;
const SPOKEN = { in: 'received', out: 'sent', note: 'note' } as const;

/** Every frame as it came, oldest first, the newest 500; follows the end unless the reader has scrolled away from it. */
export class FrameLog {
  readonly #rows = find('log', HTMLElement);
  readonly #empty = find('log-empty', HTMLElement);
  #waiting: HTMLElement[] = [];

  constructor() {
    const heartbeats = find('show-heartbeats', HTMLInputElement);
    const filter = (): void => {
      this.#rows.classList.toggle('without-heartbeats', !heartbeats.checked);
    };
    heartbeats.addEventListener('change', filter);
    filter();
    find('clear-log', HTMLButtonElement).addEventListener('click', () => {
      this.#waiting = [];
      this.#rows.replaceChildren();
      this.#empty.hidden = false;
    });
  }

  add(entry: Entry): void {
    if (this.#waiting.length === 0) setTimeout(() => this.#flush(), 50);
    this.#waiting.push(row(entry, new Date()));
    if (this.#waiting.length > MOST_ROWS) this.#waiting.shift();
  }

  /** Many rows in one change of the page: a busy channel brings more frames a second than anybody reads. */
  #flush(): void {
    const log = this.#rows;
    const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
    log.append(...this.#waiting);
    this.#waiting = [];
    for (let surplus = log.childElementCount - MOST_ROWS; surplus > 0; surplus -= 1) log.firstElementChild?.remove();
    this.#empty.hidden = log.childElementCount > 0;
    if (follows) log.scrollTop = log.scrollHeight;
  }
}

const row = ({ direction, leg, text, type, again }: Entry, time: Date): HTMLElement => {
  const fields = direction === 'note' ? undefined : readFields(text);
  const name = type ?? readText(fields?.['type']) ?? 'text';
  const made = make('details', `row ${direction}`);
  made.dataset['type'] = name;
  if (name === 'error') made.classList.add('error');
  if (HEARTBEATS.has(name)) made.classList.add('heartbeat');
  if (again === true) made.classList.add('again');

  const summary = make('summary', '');
  const arrow = make('span', 'arrow', ARROWS[direction]);
  arrow.title = SPOKEN[direction];
  arrow.setAttribute('role', 'img');
  arrow.setAttribute('aria-label', SPOKEN[direction]);
  const clock = make('time', 'time', clockOf(time));
  clock.dateTime = time.toISOString();
  const brief = make('span', 'brief', fields === undefined ? text : briefOf(fields));
  summary.append(arrow, clock, make('span', 'type', name), brief);
  if (again === true) summary.append(make('span', 'tag', 'again'));
  summary.append(make('span', 'leg', leg));
  made.append(summary);
  made.addEventListener(
    'toggle',
    () => {
      made.append(make('pre', 'frame', fields === undefined ? text : JSON.stringify(fields, undefined, 2)));
    },
    { once: true },
  );
  return made;
};

const clockOf = (time: Date): string =>
  `${time.toLocaleTimeString('en-GB')}.${String(time.getMilliseconds()).padStart(3, '0')}`;
