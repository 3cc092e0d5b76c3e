import type { History } from '../../client/index.js';
import { find, make } from '../shared/elements.js';

const LONGEST = 200;

/** What a channel's log holds, newest last. */
export class HistoryView {
  readonly #panel = find('history', HTMLElement);
  readonly #title = find('history-title', HTMLElement);
  readonly #list = find('history-list', HTMLElement);

  constructor() {
    find('close-history', HTMLButtonElement).addEventListener('click', () => this.hide());
  }

  hide(): void {
    this.#panel.hidden = true;
    this.#list.replaceChildren();
  }

  /** @param found in words why there is none */
  show(channel: string, found: History | string): void {
    this.#title.textContent = `History of ${channel}`;
    this.#list.replaceChildren(...(typeof found === 'string' ? [make('li', 'none', found)] : itemsOf(found)));
    this.#panel.hidden = false;
  }
}

const itemsOf = ({ publications, more }: History): readonly HTMLElement[] => {
  if (publications.length === 0) return [make('li', 'none', 'Nothing is kept of this channel')];
  const items = publications.map(({ offset, from, data, time }) => {
    const item = make('li', '', `#${offset} ${from}: ${shorten(JSON.stringify(data))}`);
    item.title = time;
    return item;
  });
  return more ? [make('li', 'none', 'Older ones are left out'), ...items] : items;
};

const shorten = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
