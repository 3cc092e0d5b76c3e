import { find } from '../shared/elements.js';
import type { List } from './list.js';
import { rangeOf } from './list.js';
import type { ListQuery } from './list-query.js';

export interface PagerEvents {
  previous(): void;
  next(): void;
  resize(limit: number): void;
}

/** Which part of the list is shown, and the ways to the others. */
export class Pager {
  readonly #previous = find('previous', HTMLButtonElement);
  readonly #next = find('next', HTMLButtonElement);
  readonly #range = find('range', HTMLElement);
  readonly #size = find('page-size', HTMLSelectElement);

  constructor(events: PagerEvents) {
    onPress(this.#previous, () => {
      events.previous();
    });
    onPress(this.#next, () => {
      events.next();
    });
    this.#size.addEventListener('change', () => {
      events.resize(this.limit);
    });
  }

  get limit(): number {
    return Number(this.#size.value);
  }

  show(query: ListQuery, list: List, isTurned: boolean): void {
    // Read aloud when a person turned the page, not whenever somebody connects.
    this.#range.setAttribute('aria-live', isTurned ? 'polite' : 'off');
    const range = rangeOf(query, list);
    if (this.#range.textContent !== range) this.#range.textContent = range;
    allow(this.#previous, query.cursors.length > 0);
    allow(this.#next, list.nextCursor !== undefined);
  }
}

/** Not `disabled`: that would take the focus away from whoever has just pressed it. */
const allow = (button: HTMLButtonElement, isAllowed: boolean): void => {
  button.setAttribute('aria-disabled', String(!isAllowed));
};

const onPress = (button: HTMLButtonElement, action: () => void): void => {
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') === 'false') action();
  });
};
