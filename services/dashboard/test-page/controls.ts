import type { JsonValue } from '../../client/index.js';
import { parseJson } from '../../protocol/json.js';
import { find } from '../shared/elements.js';
import type { Connection } from './connection.js';
import type { Target } from './target.js';

export interface ControlEvents {
  connect(target: Target): void;
  disconnect(): void;
  forgetSession(): void;
  say(line: string): void;
  publish(channel: string, data: JsonValue): void;
  subscribe(channel: string): void;
  /** Another endpoint or name is chosen, and not yet connected to. */
  chosen(target: Target): void;
}

/** The forms: what can be done in which state, and what a person has typed. */
export class Controls {
  readonly #chatProfile = find('endpoint-chat', HTMLInputElement);
  readonly #channelsProfile = find('endpoint-channels', HTMLInputElement);
  readonly #clientId = find('client-id', HTMLInputElement);
  readonly #token = find('token', HTMLInputElement);
  readonly #choices = find('choices', HTMLFieldSetElement);
  readonly #connect = find('connect', HTMLButtonElement);
  readonly #disconnect = find('disconnect', HTMLButtonElement);
  readonly #forget = find('forget', HTMLButtonElement);
  readonly #chat = find('chat', HTMLFormElement);
  readonly #line = find('line', HTMLInputElement);
  readonly #publishTo = find('publish-channel', HTMLInputElement);
  readonly #channelsPanel = find('channels-panel', HTMLElement);
  readonly #senders = ['send-line', 'send-data', 'subscribe-button', 'measure'].map((id) =>
    find(id, HTMLButtonElement),
  );

  constructor(events: ControlEvents) {
    const subscribe = find('subscribe', HTMLFormElement);
    onSubmit(find('connection', HTMLFormElement), () => {
      events.connect(this.#target);
    });
    onSubmit(this.#chat, () => {
      events.say(this.#line.value);
      this.#line.value = '';
    });
    onSubmit(find('publish', HTMLFormElement), () => {
      const data = find('data', HTMLInputElement);
      events.publish(this.#publishTo.value, jsonOrText(data.value));
      data.value = '';
    });
    onSubmit(subscribe, () => {
      const { value } = find('subscribe-channel', HTMLInputElement);
      events.subscribe(value);
      // Who listens there wants to speak there too, as long as nothing else was chosen.
      if (this.#publishTo.value === '') this.#publishTo.value = value;
      subscribe.reset();
    });
    this.#disconnect.addEventListener('click', () => {
      events.disconnect();
    });
    this.#forget.addEventListener('click', () => {
      events.forgetSession();
    });
    this.#choices.addEventListener('change', () => {
      events.chosen(this.#target);
    });
  }

  /** Where a line or data is typed, whichever is there. */
  get entry(): HTMLInputElement {
    return this.#chat.hidden ? find('data', HTMLInputElement) : this.#line;
  }

  /** The channel to publish to: the one that stands there, or `fallback`. */
  publishChannel(fallback: string): string {
    const { value } = this.#publishTo;
    return value === '' ? fallback : value;
  }

  show({ state, memory, target }: Connection): void {
    const offline = state.kind === 'offline';
    const connected = state.kind === 'live' || state.kind === 'moving';
    this.#choices.disabled = !offline;
    this.#connect.disabled = !offline;
    this.#disconnect.disabled = offline;
    this.#forget.disabled = !offline || memory.session === undefined;
    for (const sender of this.#senders) sender.disabled = !connected;
    this.#chat.hidden = target.path === '/ws';
    this.#channelsPanel.hidden = target.path !== '/ws';
  }

  /** Another connection is looked at: its endpoint, name and token, and not what was typed for the one before. */
  turnTo({ target }: Connection): void {
    this.#chatProfile.checked = target.path === '/ws/chat/';
    this.#channelsProfile.checked = target.path === '/ws';
    this.#clientId.value = target.clientId;
    this.#token.value = target.token;
  }

  get #target(): Target {
    const path = this.#channelsProfile.checked ? '/ws' : '/ws/chat/';
    return { path, clientId: this.#clientId.value, token: this.#token.value };
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
