import { find } from '../shared/elements.js';

/** How true the figures are, in words. */
export class StateView {
  readonly #status = find('status', HTMLElement);
  readonly #updated = find('updated', HTMLElement);
  /** Of the newest figures; undefined: there are none. */
  #clock: string | undefined;

  updated(unanswered: readonly string[]): void {
    this.#clock = new Date().toLocaleTimeString('en-GB');
    this.#updated.textContent = `Updated at ${this.#clock}`;
    if (unanswered.length === 0) this.#become('current', 'Up to date');
    else this.#become('partial', `No answer from ${unanswered.join(', ')}: those connections are not listed`);
  }

  failed(reason: string): void {
    this.#updated.textContent = '';
    if (this.#clock === undefined) this.#become('failed', `Nothing to show: ${reason}`);
    else this.#become('failed', `Not updated: ${reason}. What is shown is old, from ${this.#clock}`);
  }

  #become(state: 'current' | 'partial' | 'failed', sentence: string): void {
    document.documentElement.dataset['state'] = state;
    // Written anew it would be read aloud anew.
    if (this.#status.textContent !== sentence) this.#status.textContent = sentence;
  }
}
