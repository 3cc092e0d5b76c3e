import { find, make } from '../shared/elements.js';
import type { TaskAction, TaskRow } from './task-row.js';
import { setText } from './totals.js';

/** Of which task it is asked. */
export type AskedTask = Readonly<{ id: string; name: string }>;

type Parts = Readonly<{
  row: HTMLTableRowElement;
  progress: HTMLProgressElement;
  words: HTMLElement;
  details: HTMLElement;
  button: HTMLButtonElement;
  cells: readonly HTMLElement[];
}>;

/** Of the cells with text alone, in the order of the headings in index.html; behind that of the task itself. */
const BEFORE = ['state'] as const;
const AFTER = ['number', 'time', 'time', 'error'] as const;
const LABELS = { cancel: 'Cancel', retry: 'Retry' } as const;

/** The tasks that are shown. A row stays the same element while its task is there: what has the focus keeps it. */
export class TasksTable {
  readonly #body = find('tasks-body', HTMLTableSectionElement);
  readonly #act: (action: TaskAction, task: AskedTask) => void;
  readonly #rows = new Map<string, Parts>();
  #tasks: ReadonlyMap<string, TaskRow> = new Map();

  constructor(act: (action: TaskAction, task: AskedTask) => void) {
    this.#act = act;
  }

  show(tasks: readonly TaskRow[]): void {
    this.#tasks = new Map(tasks.map((task) => [task.id, task]));
    for (const [id, { row }] of this.#rows) {
      if (this.#tasks.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    for (const [index, task] of tasks.entries()) {
      const parts = this.#rows.get(task.id) ?? this.#newRow(task.id);
      const there = this.#body.rows[index];
      if (there !== parts.row) this.#body.insertBefore(parts.row, there ?? null);
      fill(parts, task);
    }
  }

  #newRow(id: string): Parts {
    const row = make('tr', '');
    const summary = make('summary', '');
    const details = make('pre', '');
    const folded = make('details', '');
    folded.append(summary, details);
    const heading = make('th', 'code task');
    heading.scope = 'row';
    heading.append(folded);
    const before = BEFORE.map((name) => make('td', name));
    const progress = make('progress', '');
    const words = make('span', 'words');
    const steps = make('td', 'steps');
    steps.append(progress, words);
    const after = AFTER.map((name) => make('td', name));
    const button = make('button', 'quiet');
    button.type = 'button';
    button.addEventListener('click', () => {
      const task = this.#tasks.get(id);
      if (task?.action !== undefined) this.#act(task.action, task);
    });
    const actions = make('td', 'actions');
    actions.append(button);
    row.append(heading, ...before, steps, ...after, actions);
    const parts = { row, progress, words, details, button, cells: [summary, ...before, ...after] };
    this.#rows.set(id, parts);
    return parts;
  }
}

const fill = ({ row, progress, words, details, button, cells }: Parts, task: TaskRow): void => {
  const { id, name, state, attempt, startedAt, endedAt, error, action } = task;
  row.dataset['state'] = state;
  const texts = [`${name} ${id}`, state, attempt, startedAt, endedAt, error];
  for (const [index, text] of texts.entries()) {
    const cell = cells[index];
    if (cell !== undefined) setText(cell, text);
  }
  progress.hidden = task.progress === undefined;
  progress.setAttribute('aria-label', `Progress of ${name} ${id}`);
  progress.max = task.progress?.of ?? 1;
  progress.value = task.progress?.n ?? 0;
  setText(words, task.words);
  setText(details, task.details);
  button.hidden = action === undefined;
  if (action === undefined) return;
  setText(button, LABELS[action]);
  button.setAttribute('aria-label', `${LABELS[action]} ${name} ${id}`);
};
