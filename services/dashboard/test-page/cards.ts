import { find, make } from '../shared/elements.js';
import { formatCount } from '../shared/numbers.js';
import type { Slot } from './slot.js';
import { MOST_SLOTS, type Slots } from './slots.js';
import { stateWord } from './status-view.js';

export interface CardEvents {
  select(index: number): void;
  add(): void;
  close(slot: Slot): void;
}

/** The connections side by side: color, endpoint and state of each, and which one is looked at. */
export class Cards {
  readonly #list = find('cards', HTMLElement);
  readonly #add = find('add-connection', HTMLButtonElement);
  readonly #cards = new Map<Slot, Card>();
  readonly #events: CardEvents;

  constructor(events: CardEvents) {
    this.#events = events;
    this.#add.addEventListener('click', () => events.add());
  }

  show(slots: Slots): void {
    for (const [slot, { item }] of this.#cards) {
      if (slots.all.includes(slot)) continue;
      item.remove();
      this.#cards.delete(slot);
    }
    for (const [index, slot] of slots.all.entries()) {
      const card = this.#cards.get(slot) ?? this.#make(slot, slots);
      card.show(slot, slot === slots.selected, slots.all.length > 1, index);
    }
    this.#add.disabled = !slots.hasRoom;
    this.#add.title = slots.hasRoom ? '' : `${MOST_SLOTS} connections at most`;
  }

  #make(slot: Slot, slots: Slots): Card {
    const card = new Card(slot.number);
    card.choose.addEventListener('click', () => this.#events.select(slots.all.indexOf(slot)));
    card.close.addEventListener('click', () => this.#events.close(slot));
    this.#cards.set(slot, card);
    this.#list.append(card.item);
    return card;
  }
}

class Card {
  readonly item = make('li', 'card');
  readonly choose = make('button', 'choose');
  readonly close = make('button', 'quiet close', '×');
  readonly #badge = make('span', 'badge');
  readonly #state = make('span', 'state');
  readonly #figures = make('span', 'figures');

  constructor(number: number) {
    this.choose.type = 'button';
    this.close.type = 'button';
    this.close.setAttribute('aria-label', `Close connection ${number}`);
    const name = make('span', 'name');
    name.append(make('span', 'number', `Connection ${number}`), this.#badge);
    this.choose.append(name, this.#state, this.#figures);
    this.item.append(this.choose, this.close);
  }

  show(slot: Slot, isSelected: boolean, canClose: boolean, index: number): void {
    const { state, target } = slot;
    const welcome = 'welcome' in state ? state.welcome : undefined;
    this.item.dataset['color'] = welcome?.color ?? '';
    this.item.dataset['state'] = state.kind;
    this.choose.setAttribute('aria-pressed', String(isSelected));
    this.choose.title = `Key ${index + 1}`;
    this.close.hidden = !canClose;
    set(this.#badge, welcome === undefined ? '' : `${welcome.color} ${welcome.worker}`);
    set(this.#state, `${target.path} · ${stateWord(state)}`);
    const moves = slot.counted('moves') ?? 0;
    const moved = moves === 0 ? '' : ` · moved ${formatCount(moves)}×`;
    set(
      this.#figures,
      `${formatCount(slot.counted('sent') ?? 0)} sent · ${formatCount(slot.counted('received') ?? 0)} received${moved}`,
    );
  }
}

const set = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};
