import { CLOSE } from '../protocol/close-codes.js';
import { decodeServerFrame } from '../protocol/decode-server.js';
import { Comeback, FINAL } from './comeback.js';
import { voiceOf, type ConnectionEvents, type ConnectionState } from './connection-state.js';
import { Leg, type LegEvents } from './leg.js';
import { bearer, type Settings } from './options.js';
import type { Surroundings } from './surroundings.js';
import { timerMs } from './timers.js';

/** Which WebSocket carries the session: comes back by itself [reconnect-1], and moves make-before-break [move-3]. */
export class Connection implements LegEvents {
  readonly #settings: Settings;
  readonly #surroundings: Surroundings;
  readonly #events: ConnectionEvents;
  readonly #comeback: Comeback;
  readonly #legs = new Set<Leg>();
  #unwatch: () => void = () => {};
  #session: string | undefined;
  #state: ConnectionState = { kind: 'away', reason: '' };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(settings: Settings, surroundings: Surroundings, events: ConnectionEvents) {
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#events = events;
    this.#comeback = new Comeback(settings);
    this.#session = settings.session;
  }

  /** Once, before anything else. @throws whatever the making of a socket throws */
  open(): void {
    this.#connect();
    this.#unwatch = this.#surroundings.watch(() => this.#woken());
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get session(): string | undefined {
    return this.#session;
  }

  /** Where new frames go; undefined while there is no connection. */
  get voice(): Leg | undefined {
    return voiceOf(this.#state);
  }

  /** Every WebSocket that has not ended. */
  get legs(): ReadonlySet<Leg> {
    return this.#legs;
  }

  /** Idempotent. Resolves when every WebSocket has ended. */
  async close(code: number, reason: string): Promise<void> {
    if (this.#state.kind !== 'closed') {
      clearTimeout(this.#timer);
      this.#unwatch();
      const closed: ConnectionState = { kind: 'closed', code, reason };
      this.#state = closed;
      for (const leg of this.#legs) leg.close();
      this.#events.changed(closed);
    }
    await Promise.all([...this.#legs].map((leg) => leg.over));
  }

  /** Leaves the old leg, if the new one has caught up. */
  finishMove(): void {
    const state = this.#state;
    if (state.kind !== 'moving' || state.next?.welcome === undefined) return;
    if (!this.#events.mayLeave(state.leg, state.next)) return;
    this.#goOnWith(state.next);
    state.leg.close();
  }

  text(leg: Leg, text: string): void {
    const decoded = decodeServerFrame(text);
    const frame = decoded.ok ? decoded.frame : undefined;
    if (frame?.type === 'system.welcome') leg.welcomed(frame, this.#settings.heartbeatMs);
    this.#events.text(leg, 'in', text);
    if (frame === undefined || this.#state.kind === 'closed') return;
    if (frame.type === 'system.reconnect') this.#toldToMove(leg, frame.after_ms);
    if (frame.type === 'system.rate_limited') leg.retryAt = Date.now() + frame.retry_after * 1_000;
    this.#events.frame(leg, frame);
    if (frame.type === 'system.welcome') this.#welcomed(leg, frame.session_id);
  }

  sent(leg: Leg, text: string): void {
    this.#events.text(leg, 'out', text);
  }

  ended(leg: Leg, code: number, reason: string): void {
    this.#legs.delete(leg);
    this.#events.ended(leg, code, reason);
    const state = this.#state;
    if (state.kind === 'moving' && leg === state.next) this.#nextEnded(state.leg, leg, code, reason);
    else if (state.kind === 'moving' && leg === state.leg && state.next !== undefined) this.#goOnWith(state.next);
    else if ('leg' in state && leg === state.leg) this.#lost(leg, code, reason);
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#events.changed(state);
  }

  #later(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#attempt(), timerMs(delayMs));
  }

  /** To come back, or to open the second leg of a move. Without a network it is left to `#woken`. */
  #attempt(): void {
    const state = this.#state;
    if (!this.#surroundings.online) return;
    if (state.kind === 'away') this.#connect();
    else if (state.kind === 'moving' && state.next === undefined) this.#state = { ...state, next: this.#newLeg() };
  }

  #newLeg(): Leg {
    const { url, protocols, freshToken, webSocket } = this.#settings;
    const own = new URL(url);
    if (this.#session !== undefined) own.searchParams.set('session', this.#session);
    const socket =
      freshToken === undefined
        ? webSocket(own.href, protocols)
        : freshToken().then((token) => webSocket(own.href, [...protocols, bearer(token)]));
    const leg = new Leg(socket, this);
    this.#legs.add(leg);
    return leg;
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#become({ kind: 'connecting', leg: this.#newLeg() });
  }

  #goOnWith(leg: Leg): void {
    clearTimeout(this.#timer);
    if (leg.welcome === undefined) {
      this.#become({ kind: 'connecting', leg });
      return;
    }
    this.#become({ kind: 'live', leg });
    this.#beginMove(leg);
  }

  #lost(leg: Leg, code: number, reason: string): void {
    if (leg.replaced !== undefined || this.#isFinal(code)) {
      void this.close(leg.replaced === undefined ? code : CLOSE.replaced, leg.replaced ?? reason);
      return;
    }
    this.#later(this.#comeback.delayMs(leg, code));
    this.#become({ kind: 'away', reason: reason === '' ? String(code) : `${code}, ${reason}` });
  }

  /**
   * The old leg serves on. Where the new one was refused for good the move is given up, and the next attempt is made when
   * the old leg has ended: by then it may be allowed. Not after 4409, which asks for none: then that end is the client's.
   */
  #nextEnded(leg: Leg, next: Leg, code: number, reason: string): void {
    const delayMs = this.#comeback.delayMs(next, code);
    const state: ConnectionState = this.#isFinal(code)
      ? { kind: 'live', leg }
      : { kind: 'moving', leg, next: undefined };
    this.#state = state;
    if (next.welcome !== undefined) this.#events.carries(leg);
    if (state.kind === 'moving') {
      this.#later(delayMs);
      return;
    }
    leg.moveAt = undefined;
    if (code === CLOSE.replaced) leg.replaced = reason;
    this.#events.changed(state);
  }

  /** With another token it may be let in. */
  #isFinal(code: number): boolean {
    return FINAL.has(code) && (code !== CLOSE.unauthorized || this.#settings.freshToken === undefined);
  }

  #welcomed(leg: Leg, session: string): void {
    const state = this.#state;
    const move = state.kind === 'moving' && leg === state.next;
    if (!move && !(state.kind === 'connecting' && leg === state.leg)) return;
    this.#session = session;
    if (!move) this.#state = { kind: 'live', leg };
    this.#events.carries(leg);
    this.#events.opened(leg, move);
    if (!move && this.#state.kind === 'live') this.#events.changed(this.#state);
    this.finishMove();
  }

  #toldToMove(leg: Leg, afterMs: number): void {
    if (leg.replaced !== undefined) return;
    leg.moveAt = Date.now() + afterMs;
    this.#beginMove(leg);
  }

  #beginMove(leg: Leg): void {
    if (leg.moveAt === undefined || this.#state.kind !== 'live' || this.#state.leg !== leg) return;
    this.#comeback.credit(leg);
    this.#later(leg.moveAt - Date.now());
    this.#become({ kind: 'moving', leg, next: undefined });
  }

  #woken(): void {
    const state = this.#state;
    const { restMs } = this.#comeback;
    this.voice?.probe();
    if (state.kind === 'moving' && (state.leg.moveAt ?? Infinity) > Date.now()) return;
    if (restMs > 0) this.#later(restMs);
    else this.#attempt();
  }
}
