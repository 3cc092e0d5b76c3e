import { find } from '../shared/elements.js';

export type Question = Readonly<{ title: string; words: string; which: string }>;

/** A dialog that asks once more before something is done; each time for another thing. */
export class Confirmation {
  readonly #dialog: HTMLDialogElement;
  readonly #parts: Readonly<Record<keyof Question, HTMLElement>>;
  #confirmed: (() => void) | undefined;

  /** @param id of the dialog in index.html; those of its parts begin with it */
  constructor(id: string) {
    this.#dialog = find(id, HTMLDialogElement);
    const part = (name: keyof Question): HTMLElement => find(`${id}-${name}`, HTMLElement);
    this.#parts = { title: part('title'), words: part('words'), which: part('which') };
    find(`${id}-form`, HTMLFormElement).addEventListener('submit', () => {
      this.#confirmed?.();
    });
    find(`${id}-no`, HTMLButtonElement).addEventListener('click', () => {
      this.close();
    });
  }

  /** @param confirmed called when the answer is yes */
  ask({ title, words, which }: Question, confirmed: () => void): void {
    this.#confirmed = confirmed;
    this.#parts.title.textContent = title;
    this.#parts.words.textContent = words;
    this.#parts.which.textContent = which;
    this.#dialog.showModal();
  }

  close(): void {
    this.#dialog.close();
  }
}
