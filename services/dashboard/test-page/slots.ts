import { rememberedNumbers, rememberNumbers } from './tab-memory.js';
import { Slot, type SlotEvents } from './slot.js';

export const MOST_SLOTS = 8;

/** The page's connections, one of which is looked at. There is always at least one. */
export class Slots {
  readonly #events: SlotEvents;
  #all: readonly Slot[];
  #selected: Slot;

  constructor(events: SlotEvents) {
    this.#events = events;
    const [first = 1, ...others] = rememberedNumbers(MOST_SLOTS);
    this.#selected = new Slot(first, events);
    this.#all = [this.#selected, ...others.map((number) => new Slot(number, events))];
  }

  get all(): readonly Slot[] {
    return this.#all;
  }

  get selected(): Slot {
    return this.#selected;
  }

  get hasRoom(): boolean {
    return this.#all.length < MOST_SLOTS;
  }

  /** By its place in the list, from 0; there may be none. */
  select(index: number): void {
    this.#selected = this.#all[index] ?? this.#selected;
    this.#events.changed(this.#selected);
  }

  /** A new one, with the endpoint of the one that is looked at; it is looked at then. */
  add(): void {
    if (!this.hasRoom) return;
    const numbers = new Set(this.#all.map(({ number }) => number));
    let number = 1;
    while (numbers.has(number)) number += 1;
    const { path } = this.#selected.target;
    this.#selected = new Slot(number, this.#events);
    this.#selected.target = { path, clientId: '' };
    this.#keep([...this.#all, this.#selected]);
  }

  /** The last one that is left stays. */
  close(slot: Slot): void {
    const index = this.#all.indexOf(slot);
    const rest = this.#all.filter((other) => other !== slot);
    const next = rest[Math.min(index, rest.length - 1)];
    if (next === undefined || index === -1) return;
    slot.close();
    if (slot === this.#selected) this.#selected = next;
    this.#keep(rest);
  }

  #keep(all: readonly Slot[]): void {
    this.#all = all;
    rememberNumbers(all.map(({ number }) => number));
    this.#events.changed(this.#selected);
  }
}
