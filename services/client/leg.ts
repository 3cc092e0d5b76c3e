import type { WelcomeFrame } from '../protocol/frames.js';
import { defer } from './deferred.js';
import type { Position } from './messages.js';
import type { WebSocketLike } from './options.js';
import { timerMs } from './timers.js';
import { VitalSigns } from './vital-signs.js';

export interface LegEvents {
  text(leg: Leg, text: string): void;
  sent(leg: Leg, text: string): void;
  /** Once, and nothing comes behind it. */
  ended(leg: Leg, code: number, reason: string): void;
}

/** A subscribe that is not answered yet; `recover` is the place that was sent with it, `refusals` how many came before. */
export type Asked = Readonly<{ channel: string; recover: Position | undefined; refusals: number }>;

/** Without a welcome within this time a handshake is given up. */
const WELCOME_WITHIN_MS = 20_000;
/** The server answers a close; a network that is gone does not. */
const CLOSED_WITHIN_MS = 5_000;
const BROKEN = 1006;
/** https://websockets.spec.whatwg.org/#dom-websocket-readystate */
const OPEN = 1;
/** As long as this after its welcome a leg must have lived to count as one that was reached. */
const PROVEN_AFTER_MS = 5_000;

/** One WebSocket of the client; there are two of them while it moves. */
export class Leg {
  /** Channels that the server has said are subscribed here. */
  readonly subscribed = new Set<string>();
  /** By frame id. */
  readonly asked = new Map<string, Asked>();
  /** When it shall move, ms since 1970, if it was told to. */
  moveAt: number | undefined;
  /** Its session has a newer connection elsewhere, as the one that should follow this one was told: why. */
  replaced: string | undefined;
  /** Until when the server wants less of it, ms since 1970. */
  retryAt = 0;
  #socket: WebSocketLike | undefined;
  readonly #events: LegEvents;
  readonly #over = defer<void>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #late: ReturnType<typeof setTimeout>;
  #welcome: WelcomeFrame | undefined;
  #provenAt = Infinity;
  #signs: VitalSigns | undefined;
  #ended = false;

  /** @param socket or when it is made: what it rejects with ends the leg */
  constructor(socket: WebSocketLike | Promise<WebSocketLike>, events: LegEvents) {
    this.#events = events;
    this.#late = setTimeout(() => this.giveUp('no welcome'), WELCOME_WITHIN_MS);
    if (socket instanceof Promise) {
      socket.then(
        (made) => this.#hold(made),
        (error: unknown) => this.#end(BROKEN, String(error)),
      );
    } else this.#hold(socket);
  }

  /** Undefined before the first frame: nothing may be sent then. */
  get welcome(): WelcomeFrame | undefined {
    return this.#welcome;
  }

  /** Whose socket this is: `blue 1`; empty before the welcome. */
  get via(): string {
    return this.#welcome === undefined ? '' : `${this.#welcome.color} ${this.#welcome.worker}`;
  }

  /** Whether it has lived for 5 s since its welcome: a server that is ill may welcome whom it then closes. */
  get isProven(): boolean {
    return Date.now() >= this.#provenAt;
  }

  /** @param heartbeatMs default: what the welcome says */
  welcomed(welcome: WelcomeFrame, heartbeatMs = welcome.heartbeat_interval * 1_000): void {
    this.#welcome = welcome;
    this.#provenAt = Math.min(this.#provenAt, Date.now() + PROVEN_AFTER_MS);
    clearTimeout(this.#late);
    this.#signs ??= new VitalSigns(heartbeatMs, {
      ask: () => this.#ping(),
      giveUp: () => this.giveUp('no sign of life'),
    });
  }

  /** Nothing, once either side has said that it closes: who asked hears of the end, and asks again elsewhere. */
  send(text: string): void {
    if (this.#socket?.readyState !== OPEN) return;
    this.#socket.send(text);
    this.#events.sent(this, text);
  }

  /** Does it after this time, unless the leg has been left or has ended by then. */
  later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, timerMs(ms));
    this.#timers.add(timer);
  }

  /** After a time in which much may have happened unseen: is it still there? */
  probe(): void {
    this.#ping();
    this.#signs?.asked();
  }

  /** Resolves when it has ended. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** What is under way to here still comes; then it has ended. */
  close(): void {
    this.#forget();
    this.#late = setTimeout(() => this.giveUp('no answer to a close'), CLOSED_WITHIN_MS);
    if (this.#socket === undefined) this.#end(1000, '');
    else this.#socket.close(1000);
  }

  giveUp(reason: string): void {
    this.#end(BROKEN, reason);
    if (this.#socket?.terminate === undefined) this.#socket?.close();
    else this.#socket.terminate();
  }

  #hold(socket: WebSocketLike): void {
    // Nobody waited for it.
    if (this.#ended) {
      socket.close();
      return;
    }
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      this.#signs?.heard();
      if (typeof data === 'string' && !this.#ended) this.#events.text(this, data);
    });
    // The close behind it says what there is to say.
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', ({ code, reason }) => this.#end(code, reason));
  }

  #ping(): void {
    if (this.#welcome !== undefined) this.send('{"type":"system.ping"}');
  }

  #forget(): void {
    for (const timer of [this.#late, ...this.#timers]) clearTimeout(timer);
  }

  #end(code: number, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#forget();
    this.#signs?.stop();
    this.#over.resolve();
    this.#events.ended(this, code, reason);
  }
}
