import type { WelcomeFrame } from '../../protocol/frames.js';
import { find } from '../shared/elements.js';
import type { ConversationState } from './conversation.js';
import type { Connection } from './connection.js';

const SHOWN_OF_SESSION = 8;
const NONE = '–';

/** Where the connection stands, in words and in the color of its worker. */
export class StatusView {
  readonly #status = find('status', HTMLElement);
  readonly #notice = find('notice', HTMLElement);
  readonly #worker = find('fact-worker', HTMLElement);
  readonly #connection = find('fact-connection', HTMLElement);
  readonly #client = find('fact-client', HTMLElement);
  readonly #resumed = find('fact-resumed', HTMLElement);
  readonly #session = find('fact-session', HTMLElement);

  show({ state, memory, notice }: Connection): void {
    const welcome = 'welcome' in state ? state.welcome : undefined;
    document.documentElement.dataset['state'] = state.kind;
    document.documentElement.dataset['color'] = welcome?.color ?? '';
    set(this.#status, sentence(state));
    set(this.#notice, notice);
    this.#worker.textContent = welcome === undefined ? NONE : `${welcome.color} ${welcome.worker}`;
    this.#connection.textContent = welcome?.connection_id ?? NONE;
    this.#client.textContent = welcome?.client_id ?? NONE;
    this.#resumed.textContent = welcome === undefined ? NONE : welcome.resumed ? 'yes' : 'no, a new session';
    const { session } = memory;
    this.#session.textContent = session === undefined ? NONE : `${session.slice(0, SHOWN_OF_SESSION)}…`;
  }
}

/** Written anew it would be read aloud anew. */
const set = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};

/** In one word. */
export const stateWord = ({ kind }: ConversationState): string => WORDS[kind];

const WORDS: Readonly<Record<ConversationState['kind'], string>> = {
  offline: 'offline',
  connecting: 'connecting',
  live: 'connected',
  moving: 'moving',
  away: 'lost',
};

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
