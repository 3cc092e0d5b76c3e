import { find } from '../shared/elements.js';
import { readText, type Fields } from '../shared/fields.js';
import { formatCount } from '../shared/numbers.js';
import { listOf, readFigure } from './frames.js';
import { ChannelPresence } from './presence.js';
import { Rows, type ShownRow } from './rows.js';
import { setText } from './totals.js';

type Seen = Readonly<{ offset: number; atMs: number }>;

export interface ChannelsEvents {
  /** Where this client is connected is wanted. */
  find(clientId: string): void;
  stranger(): void;
}

/** The channels with the most subscribers, and who is in one of them. How fast they are is told by two looks at their offsets. */
export class ChannelsView {
  readonly #rows = new Rows(find('channels-body', HTMLTableSectionElement), ['code', 'number', 'number', 'number'], {
    title: 'Who is in it',
    press: (channel) => {
      this.#toggle(channel);
    },
  });
  readonly #empty = find('channels-empty', HTMLElement);
  readonly #count = find('channels-count', HTMLElement);
  readonly #presence: ChannelPresence;
  #seen: ReadonlyMap<string, Seen> = new Map();
  #shown: readonly ShownRow[] = [];
  /** Of which presence is shown. */
  #open: string | undefined;

  constructor(events: ChannelsEvents) {
    this.#presence = new ChannelPresence({
      closed: (channel) => {
        this.#mark(undefined);
        (this.#rows.button(channel) ?? find('channel-search', HTMLInputElement)).focus();
      },
      find: (clientId) => {
        events.find(clientId);
      },
      stranger: () => {
        events.stranger();
      },
    });
  }

  /** An answer of `/admin/api/channels`; `isSearched`: of those with a text in their names. */
  show(fields: Fields, isSearched: boolean): void {
    const atMs = Date.parse(readText(fields['time']) ?? '');
    const before = this.#seen;
    const channels = listOf(fields['channels']).map((channel) => ({
      name: readText(channel['channel']) ?? '',
      subscribers: readFigure(channel['subscribers']) ?? 0,
      offset: readFigure(channel['offset']) ?? 0,
    }));
    this.#seen = new Map(channels.map(({ name, offset }) => [name, { offset, atMs }]));
    this.#shown = channels.map(({ name, subscribers, offset }) => ({
      key: name,
      cells: [
        name === '~plain' ? '~plain (the plain chat)' : name,
        formatCount(subscribers),
        formatCount(offset),
        rate(before.get(name), { offset, atMs }),
      ],
    }));
    this.#mark(this.#open);
    this.#empty.hidden = channels.length > 0;
    setText(this.#empty, isSearched ? 'Nobody subscribes to such a channel.' : 'Nobody subscribes to a channel.');
    const matching = readFigure(fields['matching']) ?? channels.length;
    const least = fields['more'] === true ? 'at least ' : '';
    const isCut = matching > channels.length;
    setText(this.#count, isCut ? `${formatCount(channels.length)} of ${least}${formatCount(matching)}` : '');
  }

  stop(): void {
    this.#presence.close();
    this.#mark(undefined);
  }

  #toggle(channel: string): void {
    const isOpen = this.#open === channel;
    this.#mark(isOpen ? undefined : channel);
    if (isOpen) this.#presence.close();
    else this.#presence.open(channel);
  }

  #mark(open: string | undefined): void {
    this.#open = open;
    this.#rows.show(this.#shown.map((row) => ({ ...row, isOpen: row.key === open })));
  }
}

const rate = (before: Seen | undefined, now: Seen): string => {
  if (before === undefined || now.atMs <= before.atMs || now.offset < before.offset) return '–';
  return `${(((now.offset - before.offset) * 1000) / (now.atMs - before.atMs)).toFixed(1)}/s`;
};
