import { find } from '../shared/elements.js';
import { setText } from './totals.js';

/** How true the figures are, in words. */
export class StateView {
  readonly #status = find('status', HTMLElement);
  readonly #updated = find('updated', HTMLElement);
  /** Of the newest figures; undefined: there are none. */
  #clock: string | undefined;

  /** `note`: what is not as it should be although the figures are new. */
  updated(note = ''): void {
    this.#clock = new Date().toLocaleTimeString('en-GB');
    setText(this.#updated, `Updated at ${this.#clock}`);
    this.#become(note === '' ? 'current' : 'partial', note === '' ? 'Up to date' : note);
  }

  failed(reason: string): void {
    setText(this.#updated, '');
    if (this.#clock === undefined) this.#become('failed', `Nothing to show: ${reason}`);
    else this.#become('failed', `Not updated: ${reason}. What is shown is old, from ${this.#clock}`);
  }

  /** There is nothing to be up to date with. */
  loggedOut(): void {
    this.#clock = undefined;
    setText(this.#updated, '');
    this.#become('out', 'Logged out');
  }

  #become(state: 'current' | 'partial' | 'failed' | 'out', sentence: string): void {
    document.documentElement.dataset['state'] = state;
    // Written anew it would be read aloud anew.
    setText(this.#status, sentence);
  }
}
