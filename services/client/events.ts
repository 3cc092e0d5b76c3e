import type { Position, TargetedMessage } from './messages.js';

/**
 * `live`: welcomed. `moving`: served, and told to move to another worker. `away`: none; waits for the next attempt.
 * `closed`: for good.
 */
export type ClientState = 'connecting' | 'live' | 'moving' | 'away' | 'closed';

export type ClientEvents = {
  state: [state: ClientState];
  connecting: [];
  live: [];
  moving: [];
  away: [reason: string];
  closed: [code: number, reason: string];
  /** Said to this client by its name (`send`), once, however many connections brought it. */
  message: [message: TargetedMessage];
  /** Order of a channel was broken, as the server said: what was kept of it must be loaded anew. */
  reset: [channel: string, position: Position];
  /**
   * An error frame that answers nothing, the refusal of a subscription, or one that the server failed at and is asked
   * for again (`internal`); `rate_limited`: nothing is published for a while; or `unsubscribed`: the server ended the
   * subscription to the channel that is the message.
   */
  error: [code: string, message: string];
  /** A WebSocket was welcomed. `move`: while another one still serves. */
  opened: [connection: Readonly<{ resumed: boolean; color: string; worker: string; move: boolean }>];
  /** A WebSocket ended, welcomed or refused. `via` as with `frame`. */
  ended: [connection: Readonly<{ code: number; reason: string; welcomed: boolean; via: string }>];
  /**
   * Every frame, as text, for a log; the welcome holds the session, which is a secret. `via` is the worker, `blue 1`;
   * empty before the welcome.
   */
  frame: [direction: 'in' | 'out', text: string, via: string];
};

type Listeners = { readonly [E in keyof ClientEvents]: Set<(...args: ClientEvents[E]) => void> };

export class Emitter {
  readonly #listeners: Listeners = {
    state: new Set(),
    connecting: new Set(),
    live: new Set(),
    moving: new Set(),
    away: new Set(),
    closed: new Set(),
    message: new Set(),
    reset: new Set(),
    error: new Set(),
    opened: new Set(),
    ended: new Set(),
    frame: new Set(),
  };

  /** Returns how to stop. */
  on<E extends keyof ClientEvents>(event: E, listener: (...args: ClientEvents[E]) => void): () => void {
    const listeners: Listeners[E] = this.#listeners[event];
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  emit<E extends keyof ClientEvents>(event: E, ...args: ClientEvents[E]): void {
    const listeners: Listeners[E] = this.#listeners[event];
    for (const listener of Array.from(listeners)) guarded(() => listener(...args));
  }
}

/** Runs a listener. What it throws is reported as an uncaught error, and stops nothing here. */
export const guarded = (run: () => void): void => {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};
