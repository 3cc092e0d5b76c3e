import { find } from '../shared/elements.js';
import { readText, type Fields } from '../shared/fields.js';
import { formatCount } from '../shared/numbers.js';
import { listOf, readFigure } from './frames.js';
import { Rows } from './rows.js';
import { setText } from './totals.js';

type Seen = Readonly<{ offset: number; atMs: number }>;

/** The channels with the most subscribers. How fast they are is told by two looks at their offsets. */
export class ChannelsView {
  readonly #rows = new Rows(find('channels-body', HTMLTableSectionElement), ['code', 'number', 'number', 'number']);
  readonly #empty = find('channels-empty', HTMLElement);
  readonly #count = find('channels-count', HTMLElement);
  #seen: ReadonlyMap<string, Seen> = new Map();

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
    this.#rows.show(
      channels.map(({ name, subscribers, offset }) => ({
        key: name,
        cells: [
          name === '~plain' ? '~plain (the plain chat)' : name,
          formatCount(subscribers),
          formatCount(offset),
          rate(before.get(name), { offset, atMs }),
        ],
      })),
    );
    this.#empty.hidden = channels.length > 0;
    setText(this.#empty, isSearched ? 'Nobody subscribes to such a channel.' : 'Nobody subscribes to a channel.');
    const matching = readFigure(fields['matching']) ?? channels.length;
    const least = fields['more'] === true ? 'at least ' : '';
    const isCut = matching > channels.length;
    setText(this.#count, isCut ? `${formatCount(channels.length)} of ${least}${formatCount(matching)}` : '');
  }
}

const rate = (before: Seen | undefined, now: Seen): string => {
  if (before === undefined || now.atMs <= before.atMs || now.offset < before.offset) return '–';
  return `${(((now.offset - before.offset) * 1000) / (now.atMs - before.atMs)).toFixed(1)}/s`;
};
