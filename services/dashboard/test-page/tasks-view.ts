import { find, make } from '../shared/elements.js';
import type { WatchedTask, WatchedTasks } from './watched-tasks.js';

type Item = Readonly<{ element: HTMLLIElement; progress: HTMLProgressElement; words: HTMLElement }>;

/** A bar for each task that is heard of; hidden while there is none. */
export class TasksView {
  readonly #panel = find('tasks-panel', HTMLElement);
  readonly #list = find('tasks', HTMLUListElement);
  readonly #items = new Map<string, Item>();

  show(watched: WatchedTasks): void {
    const tasks = watched.all();
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
      item.element.dataset['over'] = String(task.isOver);
      item.progress.hidden = task.progress === undefined;
      item.progress.max = task.progress?.of ?? 1;
      item.progress.value = task.progress?.n ?? 0;
      if (item.words.textContent !== task.words) item.words.textContent = task.words;
    }
  }

  #newItem({ id, name }: WatchedTask): Item {
    const element = make('li', '');
    const progress = make('progress', '');
    progress.setAttribute('aria-label', `Progress of ${name} ${id}`);
    const words = make('span', 'words');
    element.append(make('span', 'task', `${name} ${id}`), progress, words);
    const item = { element, progress, words };
    this.#items.set(id, item);
    return item;
  }
}
