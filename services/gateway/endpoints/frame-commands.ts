import { randomUUID } from 'node:crypto';
import { historyFrameText, publicationBody } from '../../protocol/encode.js';
import type { ClientFrame, HistoryRequestFrame, JsonValue, Position, SubscribeFrame } from '../../protocol/frames.js';
import type { ChannelName, FrameId } from '../../protocol/ids.js';
import { HISTORY_LIMIT_DEFAULT, HISTORY_MAX_BYTES } from '../../protocol/limits.js';
import { BrokerOverloaded, BrokerUnavailable } from '../broker/channel-log.js';
import type { Subscription } from '../hub/subscription.js';
import type { FrameConnection } from './frame-connection.js';

/** `opening`: frames for this channel wait, so that frames of one connection take effect in the order sent. */
type ChannelState =
  | Readonly<{ kind: 'opening'; id: FrameId | undefined; waiting: (() => void)[] }>
  | Readonly<{ kind: 'subscribed'; subscription: Subscription }>;

/** Frames that may wait for one channel to be subscribed. */
const MAX_WAITING = 1_000;

/** What the frames of one connection do. */
export class FrameCommands {
  readonly #connection: FrameConnection;
  readonly #channels = new Map<ChannelName, ChannelState>();
  #publishing = 0;
  #settled: (() => void)[] = [];

  constructor(connection: FrameConnection) {
    this.#connection = connection;
  }

  run(frame: ClientFrame): void {
    if ('channel' in frame) {
      const state = this.#channels.get(frame.channel);
      if (state?.kind === 'opening') {
        if (state.waiting.length < MAX_WAITING) state.waiting.push(() => this.run(frame));
        else this.#fail(new BrokerOverloaded(), frame.id);
        return;
      }
    }
    switch (frame.type) {
      case 'publish':
        this.#publish(frame.channel, frame.data, frame.id, frame.id !== undefined);
        return;
      case 'subscribe':
        void this.subscribe(frame);
        return;
      case 'unsubscribe':
        this.#unsubscribe(frame.channel, frame.id);
        return;
      case 'history':
        void this.#history(frame);
        return;
      case 'system.ping':
        this.#connection.sendFrame({
          type: 'system.pong',
          ...(frame.id === undefined ? {} : { id: frame.id }),
          time: new Date().toISOString(),
        });
        return;
      case 'system.pong':
      case 'system.heartbeat':
        return;
      case 'send':
      case 'presence':
        this.#connection.refuse('unknown_type', `this server does not know ${frame.type}`, frame.id);
        return;
      default:
        frame satisfies never;
    }
  }

  /** Bare text: always acked, since a person watches. Waits its turn behind a subscribe, as every frame does. */
  publishText(channel: ChannelName, text: string): void {
    const state = this.#channels.get(channel);
    if (state?.kind !== 'opening') this.#publish(channel, text, undefined, true);
    else if (state.waiting.length < MAX_WAITING)
      state.waiting.push(() => this.#publish(channel, text, undefined, true));
    else this.#fail(new BrokerOverloaded(), undefined);
  }

  /** @param acked whether the client is told; errors always are */
  #publish(channel: ChannelName, data: JsonValue, id: FrameId | undefined, acked: boolean): void {
    const { session } = this.#connection;
    if (session === undefined) return;
    const { log, metrics, sessions } = this.#connection.context;
    const startedAt = performance.now();
    const request = {
      channel,
      publisher: session.ref,
      id: id ?? randomUUID(),
      body: publicationBody(session.clientId, data),
    };
    this.#publishing += 1;
    Promise.all([log.publish(request), sessions.joinChannel(session, channel)])
      .then(([accepted]) => {
        session.counted(channel, accepted.count);
        metrics.messageAccepted(accepted.duplicate, (performance.now() - startedAt) / 1000);
        this.#logProcessed(channel, accepted.offset);
        if (!acked) return;
        this.#connection.sendFrame({
          type: 'ack',
          ...(id === undefined ? {} : { id }),
          channel,
          epoch: accepted.epoch,
          offset: accepted.offset,
          message_count: session.messageCount,
          ...(accepted.duplicate ? { duplicate: true } : {}),
        });
      })
      .catch((error: unknown) => {
        metrics.messageFailed();
        this.#fail(error, id);
      })
      .finally(() => this.#publishDone());
  }

  /** Resolves when the channel is subscribed, or the failure has been told. */
  async subscribe(frame: SubscribeFrame): Promise<void> {
    const { channel, recover, id } = frame;
    const known = this.#channels.get(channel);
    if (known?.kind === 'subscribed') this.#connection.context.hub.unsubscribe(known.subscription);
    const opening: ChannelState = { kind: 'opening', id, waiting: [] };
    this.#channels.set(channel, opening);
    try {
      const subscription = await this.#connection.context.hub.subscribe(channel, this.#connection, recover);
      if (this.#connection.isOpen) this.#channels.set(channel, { kind: 'subscribed', subscription });
      else this.#connection.context.hub.unsubscribe(subscription);
    } catch (error) {
      this.#channels.delete(channel);
      this.#fail(error, id);
    }
    for (const run of opening.waiting) if (this.#connection.isOpen) run();
  }

  /** The hub says where a subscription stands. */
  subscribed(channel: ChannelName, position: Position, recovered: boolean): void {
    const state = this.#channels.get(channel);
    const id = state?.kind === 'opening' ? state.id : undefined;
    this.#connection.sendFrame({
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

  drained(): void {
    for (const state of this.#channels.values()) if (state.kind === 'subscribed') state.subscription.drained();
  }

  /** Ends all subscriptions: nothing more is delivered. */
  endSubscriptions(): void {
    for (const state of this.#channels.values()) {
      if (state.kind === 'subscribed') this.#connection.context.hub.unsubscribe(state.subscription);
    }
    this.#channels.clear();
  }

  /** Resolves when every publish taken so far has been answered. */
  async settled(): Promise<void> {
    while (this.#publishing > 0) await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  #publishDone(): void {
    this.#publishing -= 1;
    if (this.#publishing > 0) return;
    const settled = this.#settled;
    this.#settled = [];
    for (const resolve of settled) resolve();
  }

  #unsubscribe(channel: ChannelName, id: FrameId | undefined): void {
    const state = this.#channels.get(channel);
    if (state?.kind !== 'subscribed') {
      this.#connection.refuse('not_subscribed', `this connection is not subscribed to ${channel}`, id);
      return;
    }
    this.#connection.context.hub.unsubscribe(state.subscription);
    this.#channels.delete(channel);
    this.#connection.sendFrame({ type: 'unsubscribed', ...(id === undefined ? {} : { id }), channel });
  }

  async #history({ channel, limit = HISTORY_LIMIT_DEFAULT, since, id }: HistoryRequestFrame): Promise<void> {
    try {
      const slice = await this.#connection.context.log.read({
        channel,
        ...(since === undefined ? {} : { since }),
        limit,
        maxBytes: HISTORY_MAX_BYTES,
      });
      const answer = {
        type: 'history' as const,
        ...(id === undefined ? {} : { id }),
        channel,
        ...slice.top,
        more: slice.more,
        ...(since === undefined ? {} : { recovered: slice.continuous }),
      };
      this.#connection.send(historyFrameText(answer, slice.publications));
    } catch (error) {
      this.#fail(error, id);
    }
  }

  #fail(error: unknown, id: FrameId | undefined): void {
    if (error instanceof BrokerOverloaded) {
      this.#connection.refuse('overloaded', 'too many messages wait; nothing was done', id);
    } else if (error instanceof BrokerUnavailable) {
      this.#connection.refuse('unavailable', 'the outcome is unknown: send it again with the same id', id);
    } else {
      this.#connection.context.logger.error(
        { ...this.#connection.logFields, event: 'websocket_frame_failed', error },
        'WebSocket frame failed',
      );
      this.#connection.refuse('internal', 'the server failed at this frame', id);
    }
  }

  #logProcessed(channel: ChannelName, offset: number): void {
    const { logger, sampler } = this.#connection.context;
    const taken = sampler.take(Date.now());
    if (taken === undefined) return;
    logger.info(
      { ...this.#connection.logFields, event: 'websocket_message_processed', channel, offset, ...taken },
      'WebSocket message processed',
    );
  }
}
