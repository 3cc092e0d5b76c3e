import { find } from '../shared/elements.js';
import { get, post } from './api.js';

export interface LoginEvents {
  /** Somebody is logged in: now, or since an earlier visit. */
  entered(): void;
  /** Nobody is. */
  left(): void;
}

const AGAIN_MS = 5_000;

/** The door of the page: what lies behind it is shown to those who are logged in. */
export class Login {
  readonly #events: LoginEvents;
  readonly #form = find('login', HTMLFormElement);
  readonly #password = find('password', HTMLInputElement);
  readonly #problem = find('login-problem', HTMLElement);
  readonly #inside = find('inside', HTMLElement);
  readonly #logout = find('logout', HTMLButtonElement);
  #isOutside = false;

  constructor(events: LoginEvents) {
    this.#events = events;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#logIn();
    });
    this.#logout.addEventListener('click', () => {
      void post('/admin/logout').then(() => {
        this.strangerCame('');
      });
    });
  }

  /** Looks whether an earlier login still holds. */
  async look(): Promise<void> {
    const answer = await get('/admin/api/health');
    switch (answer.kind) {
      case 'stranger':
        this.strangerCame(answer.isClosed ? answer.reason : '', answer.isClosed);
        return;
      case 'failure':
        // Redis may be away: the page says so by itself. Where nobody answers, there is nothing to log in to either.
        if (answer.reason.startsWith('Redis')) this.#enter();
        else {
          this.strangerCame(answer.reason);
          setTimeout(() => void this.look(), AGAIN_MS);
        }
        return;
      case 'fields':
        this.#enter();
        return;
      default:
        answer satisfies never;
    }
  }

  /** The server knows nobody here any more. `isClosed`: no password would help. */
  strangerCame(reason: string, isClosed = false): void {
    if (this.#isOutside && reason === '') return;
    this.#isOutside = true;
    this.#inside.hidden = true;
    this.#logout.hidden = true;
    this.#form.hidden = false;
    for (const part of this.#form.querySelectorAll<HTMLElement>('.entry')) part.hidden = isClosed;
    this.#problem.textContent = reason;
    this.#events.left();
    if (!isClosed) this.#password.focus();
  }

  async #logIn(): Promise<void> {
    const answer = await post('/admin/login', { password: this.#password.value });
    this.#password.value = '';
    if (answer.kind === 'fields') this.#enter();
    else this.strangerCame(answer.reason, answer.kind === 'stranger' && answer.isClosed);
  }

  #enter(): void {
    this.#problem.textContent = '';
    this.#isOutside = false;
    this.#form.hidden = true;
    this.#inside.hidden = false;
    this.#logout.hidden = false;
    this.#events.entered();
  }
}
