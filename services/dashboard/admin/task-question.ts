import { find } from '../shared/elements.js';
import { post } from './api.js';
import type { TaskAction } from './task-row.js';
import type { AskedTask } from './tasks-table.js';

const QUESTIONS = { cancel: 'Cancel this task?', retry: 'Run this task once more?' } as const;
const WORDS = {
  cancel: 'One that waits ends at once; one that runs is told to end, and may be done before it hears of it.',
  retry: 'It is begun anew, with the same data.',
} as const;
const OUTCOMES = { cancel: 'is told to end.', retry: 'will run once more.' } as const;

/** Asks once more before something is done to a task, does it, and says what became of it. */
export class TaskQuestion {
  readonly #done: () => void;
  readonly #dialog = find('task-question', HTMLDialogElement);
  readonly #title = find('task-question-title', HTMLElement);
  readonly #words = find('task-question-words', HTMLElement);
  readonly #which = find('task-question-which', HTMLElement);
  readonly #outcome = find('tasks-outcome', HTMLElement);
  #asked: Readonly<{ action: TaskAction; task: AskedTask }> | undefined;

  constructor(done: () => void) {
    this.#done = done;
    find('task-question-form', HTMLFormElement).addEventListener('submit', () => {
      if (this.#asked !== undefined) void this.#do(this.#asked.action, this.#asked.task);
    });
    find('task-question-no', HTMLButtonElement).addEventListener('click', () => {
      this.#dialog.close();
    });
  }

  ask(action: TaskAction, task: AskedTask): void {
    this.#asked = { action, task };
    this.#title.textContent = QUESTIONS[action];
    this.#words.textContent = WORDS[action];
    this.#which.textContent = `${task.name} ${task.id}`;
    this.#dialog.showModal();
  }

  close(): void {
    this.#dialog.close();
    this.#outcome.textContent = '';
  }

  async #do(action: TaskAction, { id, name }: AskedTask): Promise<void> {
    const answer = await post(`/admin/api/tasks/${encodeURIComponent(id)}/${action}`);
    this.#outcome.textContent =
      answer.kind === 'fields' ? `${name} ${id} ${OUTCOMES[action]}` : `${name} ${id}: ${answer.reason}`;
    this.#done();
  }
}
