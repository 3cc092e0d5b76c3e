import { find, make } from '../shared/elements.js';
import { formatCount } from '../shared/numbers.js';
import type { Connection } from './connection.js';
import { MOST_CONNECTIONS, type Connections } from './connections.js';
import { stateWord } from './status-view.js';

export interface CardEvents {
  select(index: number): void;
  add(): void;
  close(connection: Connection): void;
}

/** The connections side by side: color, endpoint and state of each, and which one is looked at. */
export class Cards {
  readonly #list = find('cards', HTMLElement);
  readonly #add = find('add-connection', HTMLButtonElement);
  readonly #cards = new Map<Connection, Card>();
  readonly #events: CardEvents;

  constructor(events: CardEvents) {
    this.#events = events;
    this.#add.addEventListener('click', () => events.add());
  }

  show(connections: Connections): void {
    for (const [connection, { item }] of this.#cards) {
      if (connections.all.includes(connection)) continue;
      item.remove();
      this.#cards.delete(connection);
    }
    for (const [index, connection] of connections.all.entries()) {
      const card = this.#cards.get(connection) ?? this.#make(connection, connections);
      card.show(connection, connection === connections.selected, connections.all.length > 1, index);
    }
    this.#add.disabled = !connections.hasRoom;
    this.#add.title = connections.hasRoom ? '' : `${MOST_CONNECTIONS} connections at most`;
  }

  /** The button that had the focus may be gone. */
  focus(connection: Connection): void {
    this.#cards.get(connection)?.choose.focus();
  }

  #make(connection: Connection, connections: Connections): Card {
    const card = new Card(connection.number);
    card.choose.addEventListener('click', () => this.#events.select(connections.all.indexOf(connection)));
    card.close.addEventListener('click', () => this.#events.close(connection));
    this.#cards.set(connection, card);
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

  show(connection: Connection, isSelected: boolean, canClose: boolean, index: number): void {
    const { state, target } = connection;
    const welcome = 'welcome' in state ? state.welcome : undefined;
    this.item.dataset['color'] = welcome?.color ?? '';
    this.item.dataset['state'] = state.kind;
    this.choose.setAttribute('aria-pressed', String(isSelected));
    this.choose.title = `Key ${index + 1}`;
    this.close.hidden = !canClose;
    set(this.#badge, welcome === undefined ? '' : `${welcome.color} ${welcome.worker}`);
    set(this.#state, `${target.path} · ${stateWord(state)}`);
    const moves = connection.counted('moves') ?? 0;
    const moved = moves === 0 ? '' : ` · moved ${formatCount(moves)}×`;
    set(
      this.#figures,
      `${formatCount(connection.counted('sent') ?? 0)} sent · ${formatCount(connection.counted('received') ?? 0)} received${moved}`,
    );
  }
}

const set = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};
