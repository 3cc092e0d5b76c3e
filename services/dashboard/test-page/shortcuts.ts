import { find } from '../shared/elements.js';

const OFF = 'switchyard.shortcuts';

/** Keys that do something wherever the focus is, but not while somebody types. They can be switched off for good. */
export class Shortcuts {
  readonly #actions: ReadonlyMap<string, () => void>;
  readonly #dialog = find('keys', HTMLDialogElement);
  readonly #switch = find('keys-on', HTMLInputElement);

  /** @param actions by the key that they have; those of the dialog in index.html */
  constructor(actions: Readonly<Record<string, () => void>>) {
    this.#actions = new Map(Object.entries({ ...actions, '?': () => this.#dialog.showModal() }));
    this.#switch.checked = storage()?.getItem(OFF) !== 'off';
    this.#switch.addEventListener('change', () => {
      if (this.#switch.checked) storage()?.removeItem(OFF);
      else storage()?.setItem(OFF, 'off');
    });
  }

  listen(): void {
    find('show-keys', HTMLButtonElement).addEventListener('click', () => this.#dialog.showModal());
    find('close-keys', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    addEventListener('keydown', (event) => this.#press(event));
  }

  #press(event: KeyboardEvent): void {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || this.#dialog.open) return;
    if (target instanceof HTMLElement && takesKeys(target)) {
      if (event.key === 'Escape') target.blur();
      return;
    }
    const action = this.#actions.get(event.key);
    if (action === undefined || !this.#switch.checked) return;
    event.preventDefault();
    action();
  }
}

const takesKeys = (element: HTMLElement): boolean =>
  element instanceof HTMLSelectElement ||
  element instanceof HTMLTextAreaElement ||
  (element instanceof HTMLInputElement && element.type !== 'checkbox' && element.type !== 'radio');

const storage = (): Storage | undefined => {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
};
