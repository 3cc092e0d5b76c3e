import { CLOSE } from '../../../protocol/close-codes.js';
import type { ClientId } from '../../../protocol/ids.js';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import type { Subscriber } from '../../hub/subscriber.js';
import type { Subscription } from '../../hub/subscription.js';
import type { MoveOrder } from '../../lifecycle/connections.js';
import { within } from '../../lifecycle/within.js';
import type { DisconnectReason } from '../../observability/metrics.js';
import type { WebSocketRoute } from '../../transport/socket.js';
import { admitClient, claimable, refuseName, type OwnRule } from '../admission.js';
import type { ConnectionSocket } from '../connection-socket.js';
import { Connection } from '../connection.js';
import type { EndpointContext } from '../context.js';
import type { Conversation, SpeakerFields } from '../conversation.js';
import type { Leavings } from './leavings.js';
import { PLAIN } from './plain-channel.js';
import { Speaking } from './speaking.js';

/** Ends that are ours and no leaving: the client is to come back [plain-4]. */
const NOT_LEAVING: ReadonlySet<DisconnectReason> = new Set(['moved', 'shutdown', 'overloaded']);
/** Ends that are the client's own: what it said before it went is said. */
const BY_CLIENT: ReadonlySet<DisconnectReason> = new Set(['client', 'lost']);

/** `/ws/{client_id}`: text in, text out, and nothing else. */
class PlainConversation implements Conversation, Subscriber {
  readonly clientId: ClientId;
  readonly errors = 0;
  readonly out: ConnectionSocket;
  readonly isCounted: boolean;
  readonly #connection: Connection;
  readonly #speaking: Speaking;
  readonly #leavings: Leavings;
  #subscription: Subscription | undefined;
  #slot: NodeJS.Timeout | undefined;
  #hasStood = false;

  constructor(connection: Connection, clientId: ClientId, leavings: Leavings) {
    this.clientId = clientId;
    this.#leavings = leavings;
    this.out = connection.out;
    this.isCounted = connection.isCounted;
    this.#connection = connection;
    this.#speaking = new Speaking(connection, clientId, () => this.#giveUp('Redis is away, connect again later'));
    void this.#open();
  }

  get logFields(): SpeakerFields {
    return { client_id: this.clientId };
  }

  get fannedOut(): number {
    return this.#subscription?.fannedOut ?? 0;
  }

  text(line: string): void {
    // No frame could say it: a line over the limit is not echoed [plain-5].
    if (!this.#connection.limits.admits(() => undefined)) return;
    this.#connection.active();
    if (this.#speaking.say(line)) return;
    this.#connection.end(CLOSE.policy, 'more lines than can be said', 'policy');
  }

  tooLarge(): void {
    this.#connection.end(CLOSE.tooLarge, 'at most 64 KiB a line', 'policy');
  }

  pong(): void {
    // Its arrival was noted: the client is alive.
  }

  drained(): void {
    this.#subscription?.drained();
  }

  beat(): void {
    this.out.ping('');
  }

  idle(): boolean {
    // No frame of this endpoint could say it.
    return false;
  }

  tokenExpiring(): void {
    // No frame of this endpoint could say it.
  }

  move({ reason, afterMs, deadlineMs }: MoveOrder): void {
    this.#slot = setTimeout(() => {
      // What was taken is said before the goodbye.
      void within(deadlineMs - afterMs, this.#speaking.settled()).then(() =>
        this.#connection.end(CLOSE.serviceRestart, reason, 'moved'),
      );
    }, afterMs);
  }

  goodbye(): void {
    // The close code says it.
  }

  closed(reason: DisconnectReason): void {
    clearTimeout(this.#slot);
    if (this.#subscription !== undefined) this.#connection.context.hub.unsubscribe(this.#subscription);
    // Whoever is closed says again elsewhere what was not answered [plain-5].
    if (!BY_CLIENT.has(reason)) this.#speaking.drop();
    // The stack itself is nobody who could leave.
    if (!NOT_LEAVING.has(reason) && !this.#connection.handshake.operator) void this.#leave();
  }

  /** Said once at the start, and again when Redis lost lines that nobody can be given any more [plain-5]. */
  subscribed(): void {
    if (this.#hasStood) this.#giveUp('lines were lost');
    this.#hasStood = true;
  }

  tooSlow(): void {
    this.#connection.overflowed();
  }

  async #open(): Promise<void> {
    try {
      const subscription = await this.#connection.context.hub.subscribe(PLAIN, this, undefined);
      this.#subscription = subscription;
      if (this.#connection.isOpen) this.#connection.established();
      else this.#connection.context.hub.unsubscribe(subscription);
      this.#speaking.start();
    } catch (error) {
      if (!(error instanceof BrokerUnavailable)) throw error;
      this.#giveUp('Redis is away, connect again later');
    }
  }

  /** Tells all that the client is gone, behind everything that it said. */
  async #leave(): Promise<void> {
    await this.#speaking.finished();
    await this.#leavings.say(this.#speaking.lineToAll(`Client #${this.clientId} left the chat`));
  }

  #giveUp(why: string): void {
    this.#connection.end(CLOSE.overloaded, why, 'overloaded');
  }
}

export const plainEndpoint = (context: EndpointContext, leavings: Leavings): WebSocketRoute => ({
  path: '/ws/:client_id',
  admit: (handshake, header) => admitClient(context, handshake, header, ruleOf(handshake.path)),
  open: (socket, handshake) => {
    const clientId = nameIn(handshake.path);
    if (clientId === undefined) throw new Error(`${handshake.path} was let in without a name`);
    return context.door.open(
      socket,
      handshake,
      (admitted) =>
        new Connection(
          context,
          'plain',
          socket,
          admitted,
          (connection) => new PlainConversation(connection, clientId, leavings),
        ),
    );
  },
});

/** A name is in the path, and with a token it is the token's [plain-1]. */
const ruleOf = (path: string): OwnRule => {
  const clientId = nameIn(path);
  return clientId === undefined ? { refusal: refuseName(lastSegment(path)) } : { clientId };
};

/** The name that a path claims; undefined: none that may be claimed [connect-3]. */
const nameIn = (path: string): ClientId | undefined => claimable(lastSegment(path));

const lastSegment = (path: string): string => {
  const segment = path.replace(/\/$/, '').split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};
