import { find } from '../shared/elements.js';
import { post } from './api.js';
import type { Action, Target } from './connections-table.js';
import { readFigure } from './frames.js';

const QUESTIONS = {
  warn: 'Warn that it is idle?',
  disconnect: 'Disconnect?',
} as const;
const WORDS = {
  warn: 'The client is told how long it has been idle, and when it will be closed for that.',
  disconnect: 'It is closed with 1008. A client of our library does not come back by itself.',
} as const;

/** Asks once more before something is done to somebody, does it, and says what became of it. */
export class Dismissal {
  readonly #done: () => void;
  readonly #dialog = find('dismissal', HTMLDialogElement);
  readonly #title = find('dismissal-title', HTMLElement);
  readonly #words = find('dismissal-words', HTMLElement);
  readonly #whom = find('dismissal-whom', HTMLElement);
  readonly #all = find('dismissal-all', HTMLInputElement);
  readonly #allLabel = find('dismissal-all-label', HTMLElement);
  readonly #outcome = find('outcome', HTMLElement);
  #asked: Readonly<{ action: Action; target: Target }> | undefined;

  constructor(done: () => void) {
    this.#done = done;
    find('dismissal-form', HTMLFormElement).addEventListener('submit', () => {
      const asked = this.#asked;
      if (asked !== undefined) void this.#do(asked.action, asked.target, this.#all.checked);
    });
    find('dismissal-cancel', HTMLButtonElement).addEventListener('click', () => {
      this.#dialog.close();
    });
  }

  ask(action: Action, target: Target): void {
    this.#asked = { action, target };
    this.#title.textContent = QUESTIONS[action];
    this.#words.textContent = WORDS[action];
    this.#whom.textContent = target.clientId === undefined ? target.id : `${target.clientId} (${target.id})`;
    this.#all.checked = false;
    this.#allLabel.hidden = action === 'warn' || target.clientId === undefined;
    this.#dialog.showModal();
  }

  async #do(action: Action, { id, clientId }: Target, isAll: boolean): Promise<void> {
    const path =
      isAll && clientId !== undefined
        ? `/admin/api/clients/${encodeURIComponent(clientId)}/disconnect`
        : `/admin/api/connections/${encodeURIComponent(id)}/${action}`;
    const whom = clientId ?? id;
    const answer = await post(path);
    if (answer.kind !== 'fields') {
      this.#outcome.textContent = `${whom}: ${answer.reason}`;
      return;
    }
    const count = readFigure(answer.fields['done']) ?? 1;
    this.#outcome.textContent =
      action === 'warn' ? `${whom} was warned.` : `${whom}: ${count === 1 ? 'disconnected' : `${count} disconnected`}.`;
    this.#done();
  }
}
