import type { ClientErrorCode } from '../../../protocol/error-codes.js';
import type { ClientFrame, JsonValue, Position, SendFrame, SubscribeFrame } from '../../../protocol/frames.js';
import type { ChannelName, ClientId, FrameId } from '../../../protocol/ids.js';
import { BrokerOverloaded } from '../../broker/channel-log.js';
import type { Subscriber } from '../../hub/subscriber.js';
import type { Subscription } from '../../hub/subscription.js';
import type { FrameConnection } from './frame-connection.js';
import type { ConnectionSocket } from '../connection-socket.js';
import { answerHistory } from './history-asking.js';
import { InFlight } from './in-flight.js';
import { answerPresence } from './presence-asking.js';
import { Publishing } from './publishing.js';
import { Sending } from './sending.js';

/** `opening`: frames for this channel wait, so that frames of one connection take effect in the order sent. */
type ChannelState =
  | Readonly<{ kind: 'opening'; id: FrameId | undefined; recovers: boolean; waiting: (() => void)[] }>
  | Readonly<{ kind: 'subscribed'; subscription: Subscription }>;

/** Frames that may wait for one channel to be subscribed. */
const MAX_WAITING = 1_000;

const isSystem = ({ type }: ClientFrame): boolean => type.startsWith('system.');

/** What the frames of one connection do. */
export class FrameCommands implements Subscriber {
  readonly out: ConnectionSocket;
  readonly isCounted: boolean;
  readonly #connection: FrameConnection;
  readonly #channels = new Map<ChannelName, ChannelState>();
  readonly #publishing: Publishing;
  readonly #sending: Sending;
  /** Publishes and sends that are not answered yet. */
  readonly #inFlight = new InFlight();
  /** Who is present where this connection is subscribed; the stack itself is nowhere. */
  #member: ClientId | undefined;
  /** What topics brought through subscriptions that are over. */
  #fannedOutBefore = 0;

  constructor(connection: FrameConnection) {
    this.#connection = connection;
    this.out = connection.out;
    this.isCounted = connection.isCounted;
    this.#publishing = new Publishing(connection);
    this.#sending = new Sending(connection);
  }

  run(frame: ClientFrame): void {
    if (!isSystem(frame)) this.#connection.active();
    if ('channel' in frame) this.#inTurn(frame.channel, frame.id, () => this.#take(frame));
    else this.#take(frame);
  }

  #take(frame: ClientFrame): void {
    const refusal = this.#refusalOf(frame);
    if (refusal !== undefined) {
      this.#connection.refusals.refuse(refusal.code, refusal.message, 'id' in frame ? frame.id : undefined);
      return;
    }
    this.#connection.refusals.understood();
    switch (frame.type) {
      case 'publish':
        this.#publish(frame.channel, frame.data, frame.id, frame.id !== undefined);
        return;
      case 'send':
        this.#send(frame);
        return;
      case 'subscribe':
        void this.subscribe(frame);
        return;
      case 'unsubscribe':
        this.#unsubscribe(frame.channel, frame.id);
        return;
      case 'history':
        void answerHistory(this.#connection, frame);
        return;
      case 'presence':
        void answerPresence(this.#connection, frame);
        return;
      case 'system.ping':
        this.#connection.send({
          type: 'system.pong',
          ...(frame.id === undefined ? {} : { id: frame.id }),
          time: new Date().toISOString(),
        });
        return;
      case 'system.pong':
      case 'system.heartbeat':
        return;
      default:
        frame satisfies never;
    }
  }

  /** Bare text: always acked, since a person watches. Waits its turn behind a subscribe, as every frame does. */
  publishText(channel: ChannelName, text: string): void {
    this.#connection.active();
    this.#inTurn(channel, undefined, () => this.#publish(channel, text, undefined, true));
  }

  /** Not asked by the client: it is told with a `subscribed` or `unsubscribed` without an id. */
  follow(channel: ChannelName, follows: boolean): void {
    this.#inTurn(channel, undefined, () => {
      if ((this.#channels.get(channel) !== undefined) === follows) return;
      if (follows) void this.subscribe({ type: 'subscribe', channel });
      else this.#unsubscribe(channel, undefined);
    });
  }

  /** Resolves when the channel is subscribed. False: it is not, and the failure has been told. */
  async subscribe(frame: SubscribeFrame): Promise<boolean> {
    const { channel, recover, presence = false, id } = frame;
    const known = this.#channels.get(channel);
    if (known?.kind === 'subscribed') this.#endSubscription(known.subscription);
    let stands = true;
    const opening: ChannelState = { kind: 'opening', id, recovers: recover !== undefined, waiting: [] };
    this.#channels.set(channel, opening);
    try {
      const subscription = await this.#connection.context.hub.subscribe(channel, this, recover);
      if (this.#connection.isOpen) this.#began(channel, subscription, presence);
      else this.#connection.context.hub.unsubscribe(subscription);
    } catch (error) {
      stands = false;
      this.#channels.delete(channel);
      this.#connection.refusals.failed(error, id);
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
  endSubscriptions(): void {
    for (const state of this.#channels.values()) {
      if (state.kind === 'subscribed') this.#endSubscription(state.subscription);
    }
    this.#channels.clear();
  }

  /** Resolves when every publish and send taken so far has been answered. */
  settled(): Promise<void> {
    return this.#inFlight.settled();
  }

  tooSlow(): void {
    this.#connection.overflowed();
  }

  #publish(channel: ChannelName, data: JsonValue, id: FrameId | undefined, acked: boolean): void {
    const { session } = this.#connection;
    if (session !== undefined) this.#inFlight.add(this.#publishing.publish(session, channel, data, id, acked));
  }

  #send(frame: SendFrame): void {
    const { session } = this.#connection;
    if (session !== undefined) this.#inFlight.add(this.#sending.send(session, frame));
  }

  /** Frames for a channel that is being subscribed wait, so that those of one connection take effect in order. */
  #inTurn(channel: ChannelName, id: FrameId | undefined, act: () => void): void {
    const state = this.#channels.get(channel);
    if (state?.kind !== 'opening') act();
    else if (state.waiting.length < MAX_WAITING) state.waiting.push(act);
    else this.#connection.refusals.failed(new BrokerOverloaded(), id);
  }

  /** What a well-formed frame may not do here and now. */
  #refusalOf(frame: ClientFrame): Readonly<{ code: ClientErrorCode; message: string }> | undefined {
    if (frame.type === 'unsubscribe' && this.#channels.get(frame.channel)?.kind !== 'subscribed') {
      return { code: 'not_subscribed', message: `this connection is not subscribed to ${frame.channel}` };
    }
    return undefined;
  }

  #began(channel: ChannelName, subscription: Subscription, watches: boolean): void {
    this.#channels.set(channel, { kind: 'subscribed', subscription });
    this.#member ??= this.isCounted ? this.#connection.clientId : undefined;
    const { presence } = this.#connection.context;
    if (watches) void presence.watch.add(channel, this.#connection);
    if (this.#member !== undefined) presence.join(channel, this.#member);
  }

  #endSubscription(subscription: Subscription): void {
    this.#connection.context.presence.watch.remove(subscription.channel, this.#connection);
    if (this.#member !== undefined) this.#connection.context.presence.leave(subscription.channel, this.#member);
    this.#connection.context.hub.unsubscribe(subscription);
    this.#fannedOutBefore += subscription.fannedOut;
  }

  #unsubscribe(channel: ChannelName, id: FrameId | undefined): void {
    const state = this.#channels.get(channel);
    if (state?.kind === 'subscribed') this.#endSubscription(state.subscription);
    this.#channels.delete(channel);
    this.#connection.send({ type: 'unsubscribed', ...(id === undefined ? {} : { id }), channel });
  }
}
