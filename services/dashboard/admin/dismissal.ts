import { find } from '../shared/elements.js';
import { post } from '../shared/api.js';
import { Confirmation } from './confirmation.js';
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
  readonly #confirmation = new Confirmation('dismissal');
  readonly #all = find('dismissal-all', HTMLInputElement);
  readonly #allLabel = find('dismissal-all-label', HTMLElement);
  readonly #outcome = find('outcome', HTMLElement);

  constructor(done: () => void) {
    this.#done = done;
  }

  ask(action: Action, target: Target): void {
    const which = target.clientId === undefined ? target.id : `${target.clientId} (${target.id})`;
    this.#all.checked = false;
    this.#allLabel.hidden = action === 'warn' || target.clientId === undefined;
    const question = { title: QUESTIONS[action], words: WORDS[action], which };
    this.#confirmation.ask(question, () => void this.#do(action, target, this.#all.checked));
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
