import { find } from '../shared/elements.js';
import { formatCount } from '../shared/numbers.js';
import type { ListQuery } from './list-query.js';

/** A page of something, as the server gave it. */
export type ListedPage = Readonly<{
  /** How many are on it. */
  shown: number;
  /** How many are on all pages. */
  matching: number;
  /** Where the next page begins; undefined: this is the last. */
  nextCursor: string | undefined;
  /** Nothing of it is missing. */
  isWhole: boolean;
}>;

export interface PagerEvents {
  previous(): void;
  next(): void;
}

/** Which part of a list is shown, and the ways to the others. */
export class Pager {
  readonly #previous: HTMLButtonElement;
  readonly #next: HTMLButtonElement;
  readonly #range: HTMLElement;

  /** @param prefix of the ids in index.html: `…previous`, `…range` and `…next` */
  constructor(prefix: string, events: PagerEvents) {
    this.#previous = find(`${prefix}previous`, HTMLButtonElement);
    this.#next = find(`${prefix}next`, HTMLButtonElement);
    this.#range = find(`${prefix}range`, HTMLElement);
    onPress(this.#previous, () => {
      events.previous();
    });
    onPress(this.#next, () => {
      events.next();
    });
  }

  show(query: Pick<ListQuery, 'limit' | 'cursors'>, page: ListedPage, isTurned: boolean): void {
    // Read aloud when a person turned the page, not whenever somebody connects.
    this.#range.setAttribute('aria-live', isTurned ? 'polite' : 'off');
    const range = rangeOf(query, page);
    if (this.#range.textContent !== range) this.#range.textContent = range;
    allow(this.#previous, query.cursors.length > 0);
    allow(this.#next, page.nextCursor !== undefined);
  }
}

/**
 * `26–50 of 60`. A cursor stays where it is when those before it end, so behind the first page the numbers are
 * counted from the end of the list where that is known, and never go past it.
 */
const rangeOf = (
  { limit, cursors }: Pick<ListQuery, 'limit' | 'cursors'>,
  { shown, matching, nextCursor, isWhole }: ListedPage,
): string => {
  if (shown === 0) return `0 of ${formatCount(matching)}`;
  const latest = Math.max(1, matching - shown + 1);
  const isEnd = cursors.length > 0 && nextCursor === undefined && isWhole;
  const first = isEnd ? latest : Math.min(cursors.length * limit + 1, latest);
  const last = first + shown - 1;
  return `${formatCount(first)}–${formatCount(last)} of ${formatCount(Math.max(matching, last))}`;
};

/** Not `disabled`: that would take the focus away from whoever has just pressed it. */
const allow = (button: HTMLButtonElement, isAllowed: boolean): void => {
  button.setAttribute('aria-disabled', String(!isAllowed));
};

const onPress = (button: HTMLButtonElement, action: () => void): void => {
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') === 'false') action();
  });
};
