import type { RateLimitedFrame, ServerFrame } from '../protocol/frames.js';
import { Channels } from './channels.js';
import { Connection } from './connection.js';
import type { ConnectionEvents, ConnectionState } from './connection-state.js';
import type { Deferred } from './deferred.js';
import { ClientClosed, Refused } from './errors.js';
import type { Emitter } from './events.js';
import { frameIds } from './frame-ids.js';
import type { Leg } from './leg.js';
import { ackOf, type Position } from './messages.js';
import type { Settings } from './options.js';
import { Outbox } from './outbox.js';
import { Requests } from './requests.js';
import type { Surroundings } from './surroundings.js';
import { Targeted } from './targeted.js';

/** Refusals that are not for good: asked again, with the same id, after a while. */
const AGAIN: ReadonlySet<string> = new Set(['unavailable', 'overloaded']);

/** What is said over the connection: brings each frame to the part that waits for it, and each part to a new leg. */
export class Conversation implements ConnectionEvents {
  readonly connection: Connection;
  readonly channels: Channels;
  readonly outbox: Outbox;
  readonly requests: Requests;
  /** Who waits for it to be live. */
  readonly unready = new Set<Deferred<void>>();
  readonly #emitter: Emitter;
  readonly #settings: Settings;
  readonly #targeted = new Targeted();
  #clientId: string | undefined;
  #messageCount = 0;

  constructor(settings: Settings, surroundings: Surroundings, emitter: Emitter) {
    const mintId = frameIds();
    const kept = /^\/ws\/chat\/?$/.test(settings.url.pathname) ? 'chat' : undefined;
    this.#emitter = emitter;
    this.#settings = settings;
    this.#clientId = settings.url.searchParams.get('client_id') ?? undefined;
    this.connection = new Connection(settings, surroundings, this);
    this.requests = new Requests(mintId);
    this.outbox = new Outbox(settings, this.connection, mintId);
    const events = {
      unsubscribe: (leg: Leg, channel: string) => this.#unsubscribe(leg, channel),
      reset: (channel: string, position: Position) => emitter.emit('reset', channel, position),
      error: ({ code, message }: Refused) => emitter.emit('error', code, message),
    };
    this.channels = new Channels(settings, this.connection, mintId, events, kept);
  }

  get clientId(): string | undefined {
    return this.#clientId;
  }

  get messageCount(): number {
    return this.#messageCount;
  }

  changed(state: ConnectionState): void {
    this.#emitter.emit('state', state.kind);
    switch (state.kind) {
      case 'live':
        for (const ready of this.unready) ready.resolve();
        this.unready.clear();
        this.#emitter.emit('live');
        return;
      case 'connecting':
      case 'moving':
        this.#emitter.emit(state.kind);
        return;
      case 'away':
        this.#emitter.emit('away', state.reason);
        return;
      case 'closed': {
        const error = new ClientClosed(state.code, state.reason);
        for (const pending of [this.channels, this.outbox, this.requests]) pending.closed(error);
        for (const ready of this.unready) ready.reject(error);
        this.unready.clear();
        this.#emitter.emit('closed', state.code, state.reason);
        return;
      }
      default:
        state satisfies never;
    }
  }

  carries(leg: Leg): void {
    this.channels.carries(leg);
    this.outbox.carries(leg);
    this.requests.carries(leg);
  }

  opened({ welcome }: Leg, move: boolean): void {
    if (welcome === undefined) return;
    const { resumed, color, worker } = welcome;
    this.#emitter.emit('opened', { resumed, color, worker, move });
  }

  ended(leg: Leg, code: number, reason: string): void {
    this.#emitter.emit('ended', { code, reason, welcomed: leg.welcome !== undefined, via: leg.via });
    this.requests.ended(leg);
  }

  text(leg: Leg, direction: 'in' | 'out', text: string): void {
    this.#emitter.emit('frame', direction, text, leg.via);
  }

  mayLeave(leg: Leg, next: Leg): boolean {
    return this.channels.isCaughtUp(next) && !this.requests.needs(leg);
  }

  frame(leg: Leg, frame: ServerFrame): void {
    switch (frame.type) {
      case 'system.welcome':
        this.#clientId = frame.client_id;
        if (frame.resumed) this.#counted(frame.message_count);
        else this.#messageCount = frame.message_count;
        return;
      case 'message':
        if ('channel' in frame) this.channels.message(leg, frame);
        else if (this.#targeted.takes(frame, this.connection.legs.size === 1)) {
          const { from, data, time } = frame;
          this.#emitter.emit('message', { from, data, time });
        }
        return;
      case 'subscribed':
        this.channels.subscribed(leg, frame);
        this.connection.finishMove();
        return;
      case 'ack': {
        const { id } = frame;
        const ack = ackOf(frame);
        this.#counted(frame.message_count);
        if (id !== undefined && !(ack !== undefined && this.outbox.acked(id, ack))) this.requests.answered(id, frame);
        return;
      }
      case 'unsubscribed':
        if (frame.id === undefined) this.#emitter.emit('error', 'unsubscribed', frame.channel);
        else this.requests.answered(frame.id, frame);
        return;
      case 'history':
      case 'presence':
      case 'reply':
        if (frame.id !== undefined) this.requests.answered(frame.id, frame);
        return;
      case 'error':
        this.#refused(leg, frame.id, new Refused(frame.code, frame.message));
        return;
      case 'system.rate_limited':
        this.#limited(leg, frame);
        return;
      case 'system.bye':
        this.#counted(frame.message_count);
        return;
      case 'system.token_expiring':
        this.#renew(leg);
        return;
      case 'presence_change':
      case 'system.heartbeat':
      case 'system.pong':
      case 'system.idle_warning':
      case 'system.token_renewed':
      case 'system.reconnect':
        return;
      default:
        frame satisfies never;
    }
  }

  /** Where there is none, the connection ends with the one that it has, and the next one asks again. */
  #renew(leg: Leg): void {
    this.#settings.freshToken?.().then(
      (token) => leg.send(JSON.stringify({ type: 'system.token', token })),
      () => {},
    );
  }

  /** Two legs say it in any order. */
  #counted(messageCount: number): void {
    this.#messageCount = Math.max(this.#messageCount, messageCount);
  }

  #limited(leg: Leg, { id, retry_after: seconds }: RateLimitedFrame): void {
    const limited = new Refused('rate_limited', `nothing is published for ${seconds} s`);
    this.outbox.limited(seconds * 1_000);
    this.#emitter.emit('error', limited.code, limited.message);
    if (id !== undefined && !this.channels.refused(leg, id, limited, true, seconds * 1_000)) {
      this.requests.refused(id, limited);
    }
  }

  #refused(leg: Leg, id: string | undefined, refused: Refused): void {
    const again = AGAIN.has(refused.code);
    if (id === undefined) this.#emitter.emit('error', refused.code, refused.message);
    else if (!this.channels.refused(leg, id, refused, again) && !this.outbox.refused(id, refused, again)) {
      this.requests.refused(id, refused);
    }
    this.connection.finishMove();
  }

  /** Where it is not answered nothing is subscribed any more. */
  async #unsubscribe(leg: Leg, channel: string): Promise<void> {
    await this.requests.askHere(leg, { type: 'unsubscribe', channel }).catch(() => {});
    this.connection.finishMove();
  }
}
