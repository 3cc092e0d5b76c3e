import type { JsonValue } from '../../client/index.js';
import { parseJson } from '../../protocol/json.js';
import { find } from '../shared/elements.js';
import type { ConversationState } from './conversation.js';
import type { Target } from './target.js';

export interface ControlEvents {
  connect(target: Target): void;
  disconnect(): void;
  forgetSession(): void;
  say(line: string): void;
  publish(channel: string, data: JsonValue): void;
  subscribe(channel: string): void;
}

/** The forms: what can be done in which state, and what a person has typed. */
export class Controls {
  readonly #channelsProfile = find('endpoint-channels', HTMLInputElement);
  readonly #clientId = find('client-id', HTMLInputElement);
  readonly #choices = find('choices', HTMLFieldSetElement);
  readonly #connect = find('connect', HTMLButtonElement);
  readonly #disconnect = find('disconnect', HTMLButtonElement);
  readonly #forget = find('forget', HTMLButtonElement);
  readonly #chat = find('chat', HTMLFormElement);
  readonly #line = find('line', HTMLInputElement);
  readonly #channelsPanel = find('channels-panel', HTMLElement);
  readonly #publish = find('publish', HTMLFormElement);
  readonly #senders = ['send-line', 'send-data', 'subscribe-button'].map((id) => find(id, HTMLButtonElement));

  constructor(events: ControlEvents) {
    const subscribe = find('subscribe', HTMLFormElement);
    onSubmit(find('connection', HTMLFormElement), () => {
      events.connect({ path: this.#path, clientId: this.#clientId.value });
    });
    onSubmit(this.#chat, () => {
      events.say(this.#line.value);
      this.#line.value = '';
    });
    onSubmit(this.#publish, () => {
      const data = find('data', HTMLInputElement);
      events.publish(find('publish-channel', HTMLInputElement).value, jsonOrText(data.value));
      data.value = '';
    });
    onSubmit(subscribe, () => {
      events.subscribe(find('subscribe-channel', HTMLInputElement).value);
      subscribe.reset();
    });
    this.#disconnect.addEventListener('click', () => {
      events.disconnect();
    });
    this.#forget.addEventListener('click', () => {
      events.forgetSession();
    });
    this.#choices.addEventListener('change', () => {
      this.#showProfile();
    });
    // A reload brings back what was chosen.
    addEventListener('pageshow', () => {
      this.#showProfile();
    });
  }

  show(state: ConversationState, hasSession: boolean): void {
    const offline = state.kind === 'offline';
    const connected = state.kind === 'live' || state.kind === 'moving';
    this.#choices.disabled = !offline;
    this.#connect.disabled = !offline;
    this.#disconnect.disabled = offline;
    this.#forget.disabled = !offline || !hasSession;
    for (const sender of this.#senders) sender.disabled = !connected;
  }

  get #path(): Target['path'] {
    return this.#channelsProfile.checked ? '/ws' : '/ws/chat/';
  }

  #showProfile(): void {
    this.#chat.hidden = this.#path === '/ws';
    this.#channelsPanel.hidden = this.#path !== '/ws';
  }
}

const onSubmit = (form: HTMLFormElement, action: () => void): void => {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    action();
  });
};

/** `{"n": 1}` is an object and `hello` a string: what is no JSON is meant as text. */
const jsonOrText = (typed: string): JsonValue => {
  const value = parseJson(typed);
  return value === undefined ? typed : value;
};
