import { find } from '../shared/elements.js';
import { post } from '../shared/api.js';
import { Confirmation } from './confirmation.js';
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
  readonly #confirmation = new Confirmation('task-question');
  readonly #outcome = find('tasks-outcome', HTMLElement);

  constructor(done: () => void) {
    this.#done = done;
  }

  ask(action: TaskAction, task: AskedTask): void {
    const question = { title: QUESTIONS[action], words: WORDS[action], which: `${task.name} ${task.id}` };
    this.#confirmation.ask(question, () => void this.#do(action, task));
  }

  close(): void {
    this.#confirmation.close();
    this.#outcome.textContent = '';
  }

  async #do(action: TaskAction, { id, name }: AskedTask): Promise<void> {
    const answer = await post(`/admin/api/tasks/${encodeURIComponent(id)}/${action}`);
    this.#outcome.textContent =
      answer.kind === 'fields' ? `${name} ${id} ${OUTCOMES[action]}` : `${name} ${id}: ${answer.reason}`;
    this.#done();
  }
}
