import { find } from '../shared/elements.js';
import { get, post } from '../shared/api.js';

export interface LoginEvents {
  /** Somebody is logged in: now, or since an earlier visit. */
  entered(): void;
  /** Nobody is. */
  left(): void;
}

const AGAIN_MS = 5_000;
const NO_PASSWORD =
  'Nobody can log in: ADMIN_PASSWORD is not set on the workers. Set it and start them again (make dev-up gives "admin" where none is set).';

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
    const answer = await get('/admin/session');
    if (answer.kind !== 'fields') {
      this.strangerCame(answer.reason);
      setTimeout(() => void this.look(), AGAIN_MS);
    } else if (answer.fields['logged_in'] === true) this.#enter();
    else if (answer.fields['password_set'] === false) this.strangerCame(NO_PASSWORD, true);
    else this.strangerCame('');
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
