import type { WelcomeFrame } from '../../protocol/frames.js';
import { find } from '../shared/elements.js';
import type { ConversationState } from './conversation.js';

const SHOWN_OF_SESSION = 8;
const NONE = '–';

/** Where the connection stands, in words and in the color of its worker. */
export class StatusView {
  readonly #status = find('status', HTMLElement);
  readonly #worker = find('fact-worker', HTMLElement);
  readonly #connection = find('fact-connection', HTMLElement);
  readonly #client = find('fact-client', HTMLElement);
  readonly #resumed = find('fact-resumed', HTMLElement);
  readonly #session = find('fact-session', HTMLElement);

  show(state: ConversationState): void {
    const welcome = 'welcome' in state ? state.welcome : undefined;
    document.documentElement.dataset['state'] = state.kind;
    document.documentElement.dataset['color'] = welcome?.color ?? '';
    this.#status.textContent = sentence(state);
    this.#worker.textContent = welcome === undefined ? NONE : `${welcome.color} ${welcome.worker}`;
    this.#connection.textContent = welcome?.connection_id ?? NONE;
    this.#client.textContent = welcome?.client_id ?? NONE;
    this.#resumed.textContent = welcome === undefined ? NONE : welcome.resumed ? 'yes' : 'no, a new session';
  }

  showSession(session: string | undefined): void {
    this.#session.textContent = session === undefined ? NONE : `${session.slice(0, SHOWN_OF_SESSION)}…`;
  }
}

const sentence = (state: ConversationState): string => {
  switch (state.kind) {
    case 'offline':
      return state.note === '' ? 'Not connected' : `Not connected: ${state.note}`;
    case 'connecting':
      return 'Connecting …';
    case 'live':
      return `Connected to ${nameOf(state.welcome)}`;
    case 'moving':
      return `Connected to ${nameOf(state.welcome)}, moving`;
    case 'away':
      return `Lost (${state.note}); connecting again …`;
    default:
      return state satisfies never;
  }
};

const nameOf = ({ color, worker }: WelcomeFrame): string => `${color} worker ${worker}`;
