import { setTimeout } from 'k6/timers';
import type {
  AckFrame,
  MessageFrame,
  Position,
  PublishFrame,
  ServerFrame,
  SubscribedFrame,
  TargetedMessageFrame,
  WelcomeFrame,
} from '../../services/protocol/frames.ts';
import type { ChannelName, FrameId, SessionId } from '../../services/protocol/ids.ts';
import { Leg, type Owner } from './leg.ts';
import { count, time } from './metrics.ts';
import { frameId } from './names.ts';
import { END_MS, now, plan } from './plan.ts';
import { sentAt, stamp } from './stamp.ts';

/** Where a member sits. On `/ws/chat/` the server subscribes it, to `chat`. Without a channel it is only there. */
export type Seat = Readonly<{ path: '/ws' | '/ws/chat/'; channel?: ChannelName }>;
type Pending = { readonly frame: PublishFrame & { id: FrameId }; at: number };

const RETRY_MS = 1_000;

/** A user: one session, through every connection that it has. */
export class Member implements Owner {
  readonly #seat: Seat;
  readonly #legs = new Set<Leg>();
  readonly #pending = new Map<FrameId, Pending>();
  /** The one that speaks: the newest that was welcomed. */
  #leg: Leg | undefined;
  #session: SessionId | undefined;
  #place: Position | undefined;
  #published = 0;
  #accepted = 0;
  /** Its last connection broke off: what the server takes for its place on `/ws/chat/` may lie behind ([resume-4]). */
  #brokeOff = false;
  /** Nobody opens a connection for it any more. */
  #away = true;
  #settled = (): void => {};
  #newest: number | undefined;

  constructor(seat: Seat) {
    this.#seat = seat;
  }

  get isOpen(): boolean {
    return this.#leg !== undefined;
  }
  get unanswered(): number {
    return this.#pending.size;
  }
  get offset(): number {
    return this.#place?.offset ?? 0;
  }
  get newest(): number | undefined {
    return this.#newest;
  }

  /** Resolves when it is welcomed, and subscribed; it goes on trying until the end of the run. */
  open(): Promise<void> {
    this.#away = false;
    this.#openLeg();
    return new Promise((resolve) => (this.#settled = resolve));
  }

  close(): void {
    this.#away = true;
    this.#leg = undefined;
    for (const leg of this.#legs) leg.close();
  }

  publish(channel: ChannelName): void {
    this.#published += 1;
    const id = frameId(this.#published);
    const frame = { type: 'publish', channel, data: stamp(), id } as const;
    this.#pending.set(id, { frame, at: now() });
    this.#leg?.say(frame);
  }

  /** How far the log of its channel goes, in `newest` when the answer is there. */
  askNewest(channel: ChannelName): void {
    this.#leg?.say({ type: 'history', channel, limit: 1 });
  }

  onFrame(leg: Leg, frame: ServerFrame): void {
    switch (frame.type) {
      case 'system.welcome':
        return this.#onWelcome(leg, frame);
      case 'subscribed':
        return this.#onSubscribed(leg, frame);
      case 'message':
        return this.#onMessage(leg, frame);
      case 'ack':
        return this.#onAck(leg, frame);
      case 'error':
        if (frame.id !== undefined && this.#pending.delete(frame.id)) count('publishes_refused');
        return;
      case 'history':
        this.#newest = frame.offset;
        return;
      case 'system.rate_limited':
        count('rate_limited');
        setTimeout(() => this.#sayAll(), frame.retry_after * 1_000);
        return;
      case 'system.reconnect':
        // Make before break: the old one is closed when the new one has caught up.
        setTimeout(() => {
          if (!this.#away && leg === this.#leg) this.#openLeg();
        }, frame.after_ms);
        return;
      default:
        return;
    }
  }

  onClosed(leg: Leg, welcomed: boolean, code: number | undefined): void {
    this.#legs.delete(leg);
    if (leg === this.#leg) this.#leg = undefined;
    const again = code === 1012 || leg.isUnheard;
    if (!welcomed && !leg.isUnheard) count('connections_failed');
    else if (code === 1012) count('connections_moved');
    else if (!leg.closing) {
      count('connections_broken');
      this.#brokeOff = true;
    }
    if (this.#away || this.#legs.size > 0) return;
    if (again) this.#openLeg();
    else if (now() < END_MS) setTimeout(() => this.#openLeg(), RETRY_MS);
    else this.#settled();
  }

  #openLeg(): void {
    if (this.#away) return;
    const query = this.#session === undefined ? '' : `?session=${this.#session}`;
    const { path } = this.#seat;
    this.#legs.add(new Leg(`${plan.host}${path}${query}`, path, this.#accepted, this));
  }

  #onWelcome(leg: Leg, { session_id: session, resumed, message_count: counted }: WelcomeFrame): void {
    if (this.#session !== undefined) {
      count(resumed ? 'sessions_resumed' : 'sessions_forgotten');
      // What waits for its ack may have been accepted, and the connection before goes on meanwhile.
      if (counted < leg.accepted || counted > this.#accepted + this.#pending.size) count('counts_wrong');
    }
    this.#session = session;
    this.#leg = leg;
    leg.from = this.#place?.offset;
    const { path, channel } = this.#seat;
    if (channel === undefined) this.#settled();
    else if (path === '/ws') {
      const recover = this.#place === undefined ? {} : { recover: this.#place };
      leg.say({ type: 'subscribe', channel, ...recover });
    }
    this.#sayAll();
  }

  #onSubscribed(leg: Leg, frame: SubscribedFrame): void {
    leg.subscribed(frame, this.#seat.path === '/ws' || !this.#brokeOff);
    this.#brokeOff = false;
    if (this.#place !== undefined && !frame.recovered) count('channels_reloaded');
    if (this.#place === undefined || !frame.recovered) this.#place = { epoch: frame.epoch, offset: frame.offset };
    if (leg !== this.#leg) return;
    for (const old of this.#legs) {
      if (old === leg || old.closing) continue;
      count('connections_moved');
      old.close();
    }
    if (leg.from !== undefined) time('resume_ms', leg.ageMs);
    this.#settled();
  }

  #onMessage(leg: Leg, frame: MessageFrame | TargetedMessageFrame): void {
    if (!('channel' in frame) || frame.channel !== this.#seat.channel) return;
    const isLive = leg.take(frame.offset);
    // While it moves both connections bring it.
    if (frame.offset <= this.offset) return;
    this.#place = { epoch: frame.epoch, offset: frame.offset };
    count('messages_delivered');
    if (leg.color !== undefined) count(`delivered_${leg.color}`);
    const at = sentAt(frame);
    if (isLive && at !== undefined) time('delivery_ms', now() - at);
  }

  #onAck({ color }: Leg, { id, message_count: counted, duplicate }: AckFrame): void {
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || pending === undefined) return;
    this.#pending.delete(id);
    this.#accepted += 1;
    count('messages_published');
    const ms = now() - pending.at;
    time('ack_ms', ms);
    if (color !== undefined) time(`ack_${color}_ms`, ms);
    // Of two connections, and of one that was asked again, the answers cross.
    if (this.#legs.size === 1 && duplicate !== true && counted !== this.#accepted) count('counts_wrong');
  }

  #sayAll(): void {
    for (const { frame } of this.#pending.values()) this.#leg?.say(frame);
  }
}
