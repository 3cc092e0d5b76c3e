import type { Position, SubscribeFrame } from '../../../protocol/frames.js';
import type { ChannelName, ClientId, FrameId, Offset } from '../../../protocol/ids.js';
import { BrokerOverloaded } from '../../broker/channel-log.js';
import type { ClientInfo } from '../../broker/presence-store.js';
import type { Subscriber } from '../../hub/subscriber.js';
import type { Subscription } from '../../hub/subscription.js';
import { identityOf } from '../../identity/principal.js';
import type { ChannelAction } from '../../permissions/namespaces.js';
import type { ConnectionSocket } from '../connection-socket.js';
import { Beginning } from './beginning.js';
import type { FrameConnection } from './frame-connection.js';

/** `opening`: frames for this channel wait, so that frames of one connection take effect in the order sent. */
type ChannelState =
  | Readonly<{ kind: 'opening'; id: FrameId | undefined; recovers: boolean; waiting: (() => void)[] }>
  | Readonly<{ kind: 'subscribed'; subscription: Subscription }>;

/** Frames that may wait for one channel to be subscribed. */
const MAX_WAITING = 1_000;

/** Why a client may not do something in a channel; undefined: it may. */
export type Refusal = (action: ChannelAction, channel: ChannelName) => string | undefined;

/** The channels of one connection. */
export class Subscriptions implements Subscriber {
  readonly out: ConnectionSocket;
  readonly isCounted: boolean;
  readonly #connection: FrameConnection;
  readonly #refusal: Refusal;
  readonly #beginning: Beginning;
  readonly #channels = new Map<ChannelName, ChannelState>();
  /** Who is present where this connection is subscribed; the stack itself is nowhere. */
  #member: ClientId | undefined;
  /** What topics brought through subscriptions that are over. */
  #fannedOutBefore = 0;

  constructor(connection: FrameConnection, refusal: Refusal) {
    this.#connection = connection;
    this.#refusal = refusal;
    this.#beginning = new Beginning(connection, (channel) => refusal('history', channel) === undefined);
    this.out = connection.out;
    this.isCounted = connection.isCounted;
  }

  get size(): number {
    return this.#channels.size;
  }

  /** Subscribed, or about to be. */
  has(channel: ChannelName): boolean {
    return this.#channels.has(channel);
  }

  isSubscribed(channel: ChannelName): boolean {
    return this.#channels.get(channel)?.kind === 'subscribed';
  }

  /** Frames for a channel that is being subscribed wait, so that those of one connection take effect in order. */
  inTurn(channel: ChannelName, id: FrameId | undefined, act: () => void, isCharged: boolean): void {
    const state = this.#channels.get(channel);
    if (state?.kind !== 'opening') act();
    else if (state.waiting.length < MAX_WAITING) state.waiting.push(act);
    else this.#connection.refusals.failed(new BrokerOverloaded(), id, isCharged);
  }

  /** From as far back as the client may read [channel-4]. Resolves when it is subscribed; a failure has been told. */
  async subscribe(frame: SubscribeFrame): Promise<void> {
    const isCharged = this.#connection.isCharged(frame);
    await this.#begin(frame, isCharged, () => this.#beginning.of(frame.channel, frame.recover));
  }

  /** From a place that the server itself keeps. Resolves when the channel is subscribed. False: it is not, and the failure has been told. */
  goOn(channel: ChannelName, place: Position | undefined): Promise<boolean> {
    const frame: SubscribeFrame = { type: 'subscribe', channel, ...(place === undefined ? {} : { recover: place }) };
    return this.#begin(frame, false, () => Promise.resolve(place));
  }

  /** What programs subscribed the client to goes on with its session, unasked [api-13]. */
  restore(): void {
    for (const channel of this.#connection.session?.granted ?? []) void this.goOn(channel, undefined);
  }

  async #begin(
    frame: SubscribeFrame,
    isCharged: boolean,
    beginning: () => Promise<Position | undefined>,
  ): Promise<boolean> {
    const { channel, recover, presence = false, id } = frame;
    const known = this.#channels.get(channel);
    if (known?.kind === 'subscribed') this.#endSubscription(known.subscription);
    let stands = true;
    const opening: ChannelState = { kind: 'opening', id, recovers: recover !== undefined, waiting: [] };
    this.#channels.set(channel, opening);
    try {
      const subscription = await this.#connection.context.hub.subscribe(channel, this, await beginning());
      if (this.#connection.isOpen) this.#began(channel, subscription, presence);
      else this.#connection.context.hub.unsubscribe(subscription);
    } catch (error) {
      stands = false;
      this.#channels.delete(channel);
      this.#connection.refusals.failed(error, id, isCharged);
    }
    for (const run of opening.waiting) if (this.#connection.isOpen) run();
    return stands;
  }

  /** The hub says where a subscription stands. */
  subscribed(channel: ChannelName, position: Position, recovered: boolean): void {
    const state = this.#channels.get(channel);
    const id = state?.kind === 'opening' ? state.id : undefined;
    if (state?.kind === 'opening' && state.recovers) this.#connection.metrics.recovered(recovered);
    this.#connection.send({
      type: 'subscribed',
      ...(id === undefined ? {} : { id }),
      channel,
      ...position,
      recovered,
    });
  }

  /** What the client has been sent of a channel; undefined while it is not subscribed. */
  position(channel: ChannelName): Position | undefined {
    const state = this.#channels.get(channel);
    return state?.kind === 'subscribed' ? state.subscription.position : undefined;
  }

  /** Behind which offset the client has been sent a channel; undefined while it is not subscribed. */
  since(channel: ChannelName): Offset | undefined {
    const state = this.#channels.get(channel);
    return state?.kind === 'subscribed' ? state.subscription.since : undefined;
  }

  /** Messages that topics brought. */
  get fannedOut(): number {
    let fannedOut = this.#fannedOutBefore;
    for (const state of this.#channels.values()) {
      if (state.kind === 'subscribed') fannedOut += state.subscription.fannedOut;
    }
    return fannedOut;
  }

  drained(): void {
    for (const state of this.#channels.values()) if (state.kind === 'subscribed') state.subscription.drained();
  }

  /** Ends all subscriptions: nothing more is delivered. */
  endAll(): void {
    for (const state of this.#channels.values()) {
      if (state.kind === 'subscribed') this.#endSubscription(state.subscription);
    }
    this.#channels.clear();
  }

  /** Not asked by the client: it is told with a `subscribed` or `unsubscribed` without an id. */
  follow(channel: ChannelName, follows: boolean): void {
    const act = (): void => {
      if ((this.#channels.get(channel) !== undefined) === follows) return;
      if (follows) void this.#begin({ type: 'subscribe', channel }, false, () => this.#beginning.granted(channel));
      else this.unsubscribe(channel, undefined);
    };
    this.inTurn(channel, undefined, act, false);
  }

  tooSlow(): void {
    this.#connection.overflowed();
  }

  /** What is not allowed any more ends, unasked [channel-3]. */
  endForbidden(): void {
    for (const channel of this.#channels.keys()) {
      this.inTurn(channel, undefined, () => this.#endIfForbidden(channel), false);
    }
  }

  /** The connection has another token: what it says of the client is to be seen. */
  renewed(): void {
    const member = this.#member;
    if (member === undefined) return;
    for (const [channel, { kind }] of this.#channels) {
      if (kind === 'subscribed') this.#connection.context.presence.renewed(channel, member, this.#info);
    }
  }

  get #info(): ClientInfo | undefined {
    return identityOf(this.#connection.principal)?.info;
  }

  #endIfForbidden(channel: ChannelName): void {
    if (!this.isSubscribed(channel)) return;
    const message = this.#refusal('subscribe', channel);
    if (message === undefined) {
      this.#endForbiddenWatch(channel);
      return;
    }
    this.#connection.send({ type: 'error', code: 'forbidden', message });
    this.unsubscribe(channel, undefined);
  }

  #endForbiddenWatch(channel: ChannelName): void {
    const message = this.#refusal('presence', channel);
    if (message === undefined || !this.#connection.context.presence.watch.remove(channel, this.#connection)) return;
    this.#connection.send({ type: 'error', code: 'forbidden', message });
  }

  #began(channel: ChannelName, subscription: Subscription, watches: boolean): void {
    this.#channels.set(channel, { kind: 'subscribed', subscription });
    this.#member ??= this.isCounted ? this.#connection.clientId : undefined;
    const { presence } = this.#connection.context;
    if (watches) void presence.watch.add(channel, this.#connection);
    if (this.#member !== undefined) presence.join(channel, this.#member, this.#info);
  }

  #endSubscription(subscription: Subscription): void {
    this.#connection.context.presence.watch.remove(subscription.channel, this.#connection);
    if (this.#member !== undefined) this.#connection.context.presence.leave(subscription.channel, this.#member);
    this.#connection.context.hub.unsubscribe(subscription);
    this.#fannedOutBefore += subscription.fannedOut;
  }

  unsubscribe(channel: ChannelName, id: FrameId | undefined): void {
    const state = this.#channels.get(channel);
    if (state?.kind === 'subscribed') this.#endSubscription(state.subscription);
    this.#channels.delete(channel);
    this.#beginning.forget(channel);
    this.#connection.send({ type: 'unsubscribed', ...(id === undefined ? {} : { id }), channel });
  }
}
