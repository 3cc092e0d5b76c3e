import { post } from '../shared/api.js';
import { find } from '../shared/elements.js';
import type { TaskAction, WatchedTask } from './watched-tasks.js';

const OUTCOMES = { cancel: 'is told to end', retry: 'will run once more' } as const;
const WHO_MAY = 'who is logged in on the admin page may, and who has an API key with the scope tasks';

/** Cancels tasks and runs them again: with the API key that is typed in, else as who is logged in on the admin page. */
export class TaskActions {
  readonly #key = find('task-key', HTMLInputElement);
  readonly #outcome = find('task-outcome', HTMLElement);

  async act(action: TaskAction, { id, name }: WatchedTask): Promise<void> {
    const key = this.#key.value.trim();
    const [base, headers] = key === '' ? ['/admin/api', {}] : ['/api', { 'X-API-Key': key }];
    const answer = await post(`${base}/tasks/${encodeURIComponent(id)}/${action}`, {}, headers);
    const words =
      answer.kind === 'fields'
        ? OUTCOMES[action]
        : `${answer.reason}${answer.kind === 'stranger' ? ` (${WHO_MAY})` : ''}`;
    this.#outcome.textContent = `${name} ${id}: ${words}`;
  }
}
