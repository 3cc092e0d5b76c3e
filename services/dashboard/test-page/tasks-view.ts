import { find, make } from '../shared/elements.js';
import type { TaskAction, WatchedTask, WatchedTasks } from './watched-tasks.js';

type Item = Readonly<{
  element: HTMLLIElement;
  progress: HTMLProgressElement;
  words: HTMLElement;
  button: HTMLButtonElement;
}>;

const LABELS = { cancel: 'Cancel', retry: 'Retry' } as const;

/** A bar for each task that is heard of, and what can be done about it; hidden while there is none. */
export class TasksView {
  readonly #act: (action: TaskAction, task: WatchedTask) => void;
  readonly #panel = find('tasks-panel', HTMLElement);
  readonly #list = find('tasks', HTMLUListElement);
  readonly #items = new Map<string, Item>();
  #tasks: readonly WatchedTask[] = [];

  constructor(act: (action: TaskAction, task: WatchedTask) => void) {
    this.#act = act;
  }

  show(watched: WatchedTasks): void {
    const tasks = watched.all();
    this.#tasks = tasks;
    this.#panel.hidden = tasks.length === 0;
    const ids = new Set(tasks.map(({ id }) => id));
    for (const [id, { element }] of this.#items) {
      if (ids.has(id)) continue;
      element.remove();
      this.#items.delete(id);
    }
    for (const [index, task] of tasks.entries()) {
      const item = this.#items.get(task.id) ?? this.#newItem(task);
      const there = this.#list.children[index];
      if (there !== item.element) this.#list.insertBefore(item.element, there ?? null);
      fill(item, task);
    }
  }

  #newItem({ id, name }: WatchedTask): Item {
    const element = make('li', '');
    const progress = make('progress', '');
    progress.setAttribute('aria-label', `Progress of ${name} ${id}`);
    const words = make('span', 'words');
    const button = make('button', 'quiet');
    button.type = 'button';
    button.addEventListener('click', () => {
      const task = this.#tasks.find((each) => each.id === id);
      if (task?.action !== undefined) this.#act(task.action, task);
    });
    element.append(make('span', 'task', `${name} ${id}`), progress, words, button);
    const item = { element, progress, words, button };
    this.#items.set(id, item);
    return item;
  }
}

const fill = ({ element, progress, words, button }: Item, task: WatchedTask): void => {
  const { id, name, action } = task;
  element.dataset['over'] = String(task.isOver);
  progress.hidden = task.progress === undefined;
  progress.max = task.progress?.of ?? 1;
  progress.value = task.progress?.n ?? 0;
  if (words.textContent !== task.words) words.textContent = task.words;
  button.hidden = action === undefined;
  if (action === undefined || button.textContent === LABELS[action]) return;
  button.textContent = LABELS[action];
  button.setAttribute('aria-label', `${LABELS[action]} ${name} ${id}`);
};
