import { Leg, type LegEvents } from './leg.js';
import { closeMeaning, connectsAgainAfter, retryDelay } from './reconnect.js';
import type { TabMemory } from './tab-memory.js';
import { socketUrl, type Target } from './target.js';
import { readServerFrame, type ServerFrame, type Welcome } from './wire.js';

export type ConnectionState =
  | Readonly<{ kind: 'offline'; note: string }>
  | Readonly<{ kind: 'connecting'; leg: Leg }>
  | Readonly<{ kind: 'open'; leg: Leg; welcome: Welcome }>
  /** Told to move: `next` is there from its slot on, and takes over when it has caught up. */
  | Readonly<{ kind: 'moving'; leg: Leg; welcome: Welcome; next: Leg | undefined }>
  | Readonly<{ kind: 'waiting'; note: string; delayMs: number }>;

export interface ConnectionEvents {
  changed(state: ConnectionState): void;
  opened(leg: Leg): void;
  closed(leg: Leg, meaning: string): void;
  frame(leg: Leg, text: string, frame: ServerFrame): void;
  /** The connection goes on with this leg: what was asked for before has to be asked for here. */
  welcomed(leg: Leg): void;
  /** Whether every channel is subscribed here. */
  isCaughtUp(leg: Leg): boolean;
  reconnected(): void;
  moved(): void;
}

/** Which WebSocket carries the session: comes back by itself, and moves make-before-break [reconnect-1] [move-3]. */
export class Connection implements LegEvents {
  readonly #memory: TabMemory;
  readonly #events: ConnectionEvents;
  #target: Target = { path: '/ws/chat/', clientId: '' };
  #state: ConnectionState = { kind: 'offline', note: '' };
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Attempts in a row without a welcome. */
  #attempt = 0;

  constructor(memory: TabMemory, events: ConnectionEvents) {
    this.#memory = memory;
    this.#events = events;
  }

  connect(target: Target): void {
    if (this.#state.kind !== 'offline') return;
    this.#target = target;
    this.#attempt = 0;
    this.#open();
  }

  disconnect(): void {
    const state = this.#state;
    clearTimeout(this.#timer);
    this.#become({ kind: 'offline', note: '' });
    if ('leg' in state) state.leg.close();
    if (state.kind === 'moving') state.next?.close();
  }

  /** Where new frames go; undefined while there is no connection. */
  get voice(): Leg | undefined {
    const state = this.#state;
    if (state.kind === 'moving' && state.next?.welcome !== undefined) return state.next;
    return 'welcome' in state ? state.leg : undefined;
  }

  /** Every leg on which something may be subscribed. */
  get legs(): readonly Leg[] {
    const state = this.#state;
    if (!('welcome' in state)) return [];
    return state.kind === 'moving' && state.next?.welcome !== undefined ? [state.leg, state.next] : [state.leg];
  }

  /** Leaves the old leg, if the new one has caught up. */
  finishMove(): void {
    const state = this.#state;
    if (state.kind !== 'moving' || state.next?.welcome === undefined || !this.#events.isCaughtUp(state.next)) return;
    this.#goOnWith(state.next);
    this.#events.moved();
    state.leg.close();
  }

  opened(leg: Leg): void {
    this.#events.opened(leg);
  }

  text(leg: Leg, text: string): void {
    const frame = readServerFrame(text);
    if (frame.type === 'system.welcome') leg.welcome = frame;
    this.#events.frame(leg, text, frame);
    if (frame.type === 'system.welcome') this.#welcomed(leg, frame);
    if (frame.type === 'system.reconnect') this.#toldToMove(leg, frame.afterMs);
  }

  closed(leg: Leg, code: number, reason: string): void {
    this.#events.closed(leg, closeMeaning(code, reason));
    const state = this.#state;
    if (state.kind === 'moving' && leg === state.next) {
      this.#become({ ...state, next: undefined });
      this.#later(retryDelay(this.#attempt++), () => {
        this.#openNext();
      });
    } else if (state.kind === 'moving' && leg === state.leg && state.next !== undefined) {
      this.#goOnWith(state.next);
    } else if ('leg' in state && leg === state.leg) {
      this.#lost(code, reason);
    }
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#events.changed(state);
  }

  #later(delayMs: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, delayMs);
  }

  #newLeg(): Leg {
    return new Leg(socketUrl(this.#target, this.#memory.session), this);
  }

  #open(): void {
    this.#become({ kind: 'connecting', leg: this.#newLeg() });
  }

  #openNext(): void {
    if (this.#state.kind === 'moving') this.#become({ ...this.#state, next: this.#newLeg() });
  }

  #goOnWith(leg: Leg): void {
    clearTimeout(this.#timer);
    if (leg.welcome === undefined) {
      this.#become({ kind: 'connecting', leg });
      return;
    }
    this.#attempt = 0;
    this.#become({ kind: 'open', leg, welcome: leg.welcome });
  }

  #lost(code: number, reason: string): void {
    clearTimeout(this.#timer);
    const note = closeMeaning(code, reason);
    if (!connectsAgainAfter(code)) {
      this.#become({ kind: 'offline', note });
      return;
    }
    const delayMs = retryDelay(this.#attempt++);
    this.#become({ kind: 'waiting', note, delayMs });
    this.#later(delayMs, () => {
      this.#open();
    });
  }

  #welcomed(leg: Leg, welcome: Welcome): void {
    const state = this.#state;
    const isNext = state.kind === 'moving' && leg === state.next;
    if (!isNext && !(state.kind === 'connecting' && leg === state.leg)) return;
    this.#memory.rememberSession(welcome.sessionId);
    if (!isNext) {
      if (this.#attempt > 0) this.#events.reconnected();
      this.#goOnWith(leg);
    }
    this.#events.welcomed(leg);
    this.finishMove();
  }

  #toldToMove(leg: Leg, afterMs: number): void {
    const state = this.#state;
    if (state.kind !== 'open' || leg !== state.leg) return;
    this.#become({ kind: 'moving', leg, welcome: state.welcome, next: undefined });
    this.#later(afterMs, () => {
      this.#openNext();
    });
  }
}
