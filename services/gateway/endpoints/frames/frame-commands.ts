import { pongFrameText } from '../../../protocol/encode.js';
import type { ClientErrorCode } from '../../../protocol/error-codes.js';
import type { ApplicationFrame, ClientFrame, JsonValue, SendFrame } from '../../../protocol/frames.js';
import type { ChannelName, FrameId } from '../../../protocol/ids.js';
import type { ChannelAction } from '../../permissions/namespaces.js';
import { Rights } from '../../permissions/rights.js';
import { Calling } from './calling.js';
import type { FrameConnection } from './frame-connection.js';
import { answerHistory } from './history-asking.js';
import { InFlight } from './in-flight.js';
import { answerPresence } from './presence-asking.js';
import { Publishing } from './publishing.js';
import { Renewal } from './renewal.js';
import { Sending } from './sending.js';
import { Subscriptions } from './subscriptions.js';

const isSystem = ({ type }: ClientFrame | ApplicationFrame): boolean => type.startsWith('system.');

/** What the frames of one connection do. */
export class FrameCommands {
  readonly subscriptions: Subscriptions;
  readonly #connection: FrameConnection;
  readonly #publishing: Publishing;
  readonly #renewal: Renewal;
  readonly #rights: Rights;
  readonly #sending: Sending;
  readonly #calling: Calling;
  /** Publishes, sends and calls of handlers that are not answered yet. */
  readonly #inFlight = new InFlight();

  constructor(connection: FrameConnection) {
    this.#connection = connection;
    this.#rights = new Rights(connection.context.permissions);
    this.subscriptions = new Subscriptions(connection, (action, channel) => this.refusal(action, channel));
    this.#publishing = new Publishing(connection);
    this.#renewal = new Renewal(connection, () => {
      this.subscriptions.endForbidden();
      this.subscriptions.renewed();
    });
    this.#sending = new Sending(connection);
    this.#calling = new Calling(connection, this.#inFlight);
  }

  run(frame: ClientFrame | ApplicationFrame): void {
    if (!isSystem(frame)) this.#connection.active();
    if ('channel' in frame) {
      this.subscriptions.inTurn(frame.channel, frame.id, () => this.#take(frame), this.#connection.isCharged(frame));
    } else if (frame.type === 'application') this.#calling.take(frame);
    else this.#take(frame);
  }

  #take(frame: ClientFrame): void {
    const refusal = this.#refusalOf(frame);
    if (refusal !== undefined) {
      this.#connection.refusals.refuse(refusal.code, refusal.message, 'id' in frame ? frame.id : undefined);
      return;
    }
    // Whether a token is good is found out later.
    if (frame.type !== 'system.token') this.#connection.refusals.understood();
    switch (frame.type) {
      case 'publish':
        this.#publish(frame.channel, frame.data, frame.id, frame.id !== undefined);
        return;
      case 'send':
        this.#send(frame);
        return;
      case 'subscribe':
        void this.subscriptions.subscribe(frame);
        return;
      case 'unsubscribe':
        this.subscriptions.unsubscribe(frame.channel, frame.id);
        return;
      case 'history':
        void answerHistory(this.#connection, frame);
        return;
      case 'presence':
        void answerPresence(this.#connection, frame);
        return;
      case 'system.ping':
        this.#connection.out.send(pongFrameText(this.#connection.context.isoClock.at(Date.now()), frame.id));
        return;
      case 'system.token':
        void this.#renewal.take(frame.token, frame.id);
        return;
      case 'system.pong':
      case 'system.heartbeat':
        return;
      default:
        frame satisfies never;
    }
  }

  /** Why this connection may not do that; undefined: it may [channel-1]. */
  refusal(action: ChannelAction, channel: ChannelName): string | undefined {
    // A program subscribed it [api-13].
    if (action === 'subscribe' && this.#connection.session?.kept.get(channel)?.byProgram === true) return undefined;
    return this.#rights.refusal(this.#connection.principal, action, channel);
  }

  /** Bare text: always acked, since a person watches. Waits its turn behind a subscribe, as every frame does. */
  publishText(channel: ChannelName, text: string): void {
    this.#connection.active();
    const act = (): void => {
      const { refusals } = this.#connection;
      const refusal = this.refusal('publish', channel);
      if (refusal !== undefined) {
        refusals.refuse('forbidden', refusal, undefined);
        return;
      }
      refusals.understood();
      this.#publish(channel, text, undefined, true);
    };
    this.subscriptions.inTurn(channel, undefined, act, true);
  }

  /** Nobody is there any more. */
  closed(): void {
    this.subscriptions.endAll();
    this.#calling.closed();
  }

  /** Resolves when every publish, send and call of a handler taken so far has been answered. */
  settled(): Promise<void> {
    return this.#inFlight.settled();
  }

  #publish(channel: ChannelName, data: JsonValue, id: FrameId | undefined, acked: boolean): void {
    const { session } = this.#connection;
    if (session !== undefined) this.#inFlight.add(this.#publishing.publish(session, channel, data, id, acked));
  }

  #send(frame: SendFrame): void {
    const { session } = this.#connection;
    if (session !== undefined) this.#inFlight.add(this.#sending.send(session, frame));
  }

  /** What a well-formed frame may not do here and now. */
  #refusalOf(frame: ClientFrame): Readonly<{ code: ClientErrorCode; message: string }> | undefined {
    const forbidden = this.#forbids(frame);
    if (forbidden !== undefined) return { code: 'forbidden', message: forbidden };
    if (frame.type === 'unsubscribe' && !this.subscriptions.isSubscribed(frame.channel)) {
      return { code: 'not_subscribed', message: `this connection is not subscribed to ${frame.channel}` };
    }
    const { maxChannels } = this.#connection.context;
    if (
      frame.type === 'subscribe' &&
      this.subscriptions.size >= maxChannels &&
      !this.subscriptions.has(frame.channel)
    ) {
      return { code: 'too_large', message: `a connection has at most ${maxChannels} channels` };
    }
    return undefined;
  }

  #forbids(frame: ClientFrame): string | undefined {
    switch (frame.type) {
      case 'subscribe':
        return (
          this.refusal('subscribe', frame.channel) ??
          (frame.presence === true ? this.refusal('presence', frame.channel) : undefined)
        );
      case 'publish':
      case 'history':
      case 'presence':
        return this.refusal(frame.type, frame.channel);
      default:
        return undefined;
    }
  }
}
