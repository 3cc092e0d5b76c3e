import { rememberedNumbers, rememberNumbers } from './tab-memory.js';
import { Connection, type ConnectionEvents } from './connection.js';

export const MOST_CONNECTIONS = 8;

/** The page's connections, one of which is looked at. There is always at least one. */
export class Connections {
  readonly #events: ConnectionEvents;
  #all: readonly Connection[];
  #selected: Connection;

  constructor(events: ConnectionEvents) {
    this.#events = events;
    const [first = 1, ...others] = rememberedNumbers(MOST_CONNECTIONS);
    this.#selected = new Connection(first, events);
    this.#all = [this.#selected, ...others.map((number) => new Connection(number, events))];
  }

  get all(): readonly Connection[] {
    return this.#all;
  }

  get selected(): Connection {
    return this.#selected;
  }

  get hasRoom(): boolean {
    return this.#all.length < MOST_CONNECTIONS;
  }

  /** By its place in the list, from 0; there may be none. */
  select(index: number): void {
    this.#selected = this.#all[index] ?? this.#selected;
    this.#events.changed(this.#selected);
  }

  /** A new one, with the endpoint and token of the one that is looked at; it is looked at then. */
  add(): void {
    if (!this.hasRoom) return;
    const numbers = new Set(this.#all.map(({ number }) => number));
    let number = 1;
    while (numbers.has(number)) number += 1;
    const { path, token } = this.#selected.target;
    this.#selected = new Connection(number, this.#events);
    this.#selected.target = { path, clientId: '', token };
    this.#keep([...this.#all, this.#selected]);
  }

  /** The last one that is left stays. */
  close(connection: Connection): void {
    const index = this.#all.indexOf(connection);
    const rest = this.#all.filter((other) => other !== connection);
    const next = rest[Math.min(index, rest.length - 1)];
    if (next === undefined || index === -1) return;
    connection.close();
    if (connection === this.#selected) this.#selected = next;
    this.#keep(rest);
  }

  #keep(all: readonly Connection[]): void {
    this.#all = all;
    rememberNumbers(all.map(({ number }) => number));
    this.#events.changed(this.#selected);
  }
}
