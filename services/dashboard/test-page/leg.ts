import type { Welcome } from './wire.js';

export interface LegEvents {
  opened(leg: Leg): void;
  text(leg: Leg, text: string): void;
  closed(leg: Leg, code: number, reason: string): void;
}

/** One WebSocket of the page's connection; there are two of them while it moves. */
export class Leg {
  /** Set by the first frame; before that nothing may be sent. */
  welcome: Welcome | undefined;
  /** Channels that the server has said are subscribed here. */
  readonly subscribed = new Set<string>();
  /** Channels that were asked for here, by the id of the request. */
  readonly asked = new Map<string, string>();
  readonly #socket: WebSocket;

  constructor(url: URL, events: LegEvents) {
    this.#socket = new WebSocket(url);
    this.#socket.addEventListener('open', () => {
      events.opened(this);
    });
    this.#socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') events.text(this, data);
    });
    this.#socket.addEventListener('close', ({ code, reason }) => {
      events.closed(this, code, reason);
    });
  }

  /** Whose socket this is: `blue 1`; empty before the welcome. */
  get name(): string {
    return this.welcome === undefined ? '' : `${this.welcome.color} ${this.welcome.worker}`;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  close(): void {
    this.#socket.close(1000);
  }
}
