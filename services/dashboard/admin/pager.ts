import { find } from '../shared/elements.js';
import { rangeOf, type ListPage } from './list-page.js';
import type { Stats } from './stats.js';

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

  show(page: ListPage, stats: Stats, isTurned: boolean): void {
    // Read aloud when a person turned the page, not whenever somebody connects.
    this.#range.setAttribute('aria-live', isTurned ? 'polite' : 'off');
    this.#range.textContent = rangeOf(page, stats);
    allow(this.#previous, page.cursors.length > 0);
    allow(this.#next, stats.nextCursor !== undefined);
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
