import { find } from '../shared/elements.js';
import { get } from '../shared/api.js';
import { listOf } from './frames.js';
import { Refresh } from './refresh.js';
import { TaskQuestion } from './task-question.js';
import { readTask } from './task-row.js';
import { TasksTable } from './tasks-table.js';
import { setText } from './totals.js';

const INTERVAL_MS = 2_000;
/** The newest ones: the server looks for so many of each state. */
const MOST = 25;

/** The newest tasks, how far they are, and what can be done about them. */
export class TaskList {
  readonly #stranger: () => void;
  readonly #refresh = new Refresh(INTERVAL_MS, (signal) => this.#ask(signal));
  readonly #question = new TaskQuestion(() => {
    this.#refresh.now();
  });
  readonly #table = new TasksTable((action, task) => {
    this.#question.ask(action, task);
  });
  readonly #state = find('tasks-state', HTMLSelectElement);
  readonly #scroll = find('tasks-scroll', HTMLElement);
  readonly #note = find('tasks-note', HTMLElement);

  /** @param stranger nobody is logged in any more */
  constructor(stranger: () => void) {
    this.#stranger = stranger;
    this.#state.addEventListener('change', () => {
      this.#refresh.now();
    });
  }

  start(): void {
    this.#refresh.start();
  }

  stop(): void {
    this.#refresh.stop();
    this.#question.close();
    this.#table.show([]);
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const state = this.#state.value;
    const query = new URLSearchParams({ limit: String(MOST), ...(state === '' ? {} : { state }) });
    const answer = await get(`/admin/api/tasks?${query.toString()}`, signal);
    if (signal.aborted) return;
    switch (answer.kind) {
      case 'stranger':
        this.#stranger();
        return;
      case 'failure':
        // What came last stays: it is the newest that is known.
        this.#tell(answer.reason);
        return;
      case 'fields': {
        const tasks = listOf(answer.fields['tasks']).map(readTask);
        this.#table.show(tasks);
        this.#scroll.hidden = tasks.length === 0;
        this.#tell(tasks.length > 0 ? '' : state === '' ? 'There is no task.' : `No task is ${state}.`);
        return;
      }
      default:
        answer satisfies never;
    }
  }

  #tell(words: string): void {
    setText(this.#note, words);
  }
}
