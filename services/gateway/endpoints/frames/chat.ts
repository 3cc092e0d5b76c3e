import { CLOSE } from '../../../protocol/close-codes.js';
import { canBeFrame, decodeClientFrame } from '../../../protocol/decode-client.js';
import type { Position } from '../../../protocol/frames.js';
import { parseChannelName, parseEpoch, parseOffset, type ChannelName, type Offset } from '../../../protocol/ids.js';
import type { MoveOrder } from '../../lifecycle/connections.js';
import type { Wheel } from '../../lifecycle/wheel.js';
import type { WebSocketRoute } from '../../transport/socket.js';
import { admitFrameClient } from '../admission.js';
import { Connection } from '../connection.js';
import type { EndpointContext } from '../context.js';
import { FrameCommands } from './frame-commands.js';
import { FrameConnection } from './frame-connection.js';
import type { FrameProfile } from './frame-profile.js';
import { within } from '../../lifecycle/within.js';

/** How long a move waits for the pong that says what the client has, ms; less where the deadline is nearer. */
const PLACE_WAIT_MS = 2_000;

/** Before the place in a connection's last ping. */
const LAST_PING = '!';

const CHAT = requireChannel('chat');
const ORIGIN = requireOffset(0);

/** A client of `/ws/chat/`, for the wheel that asks for its place. */
export interface PlacedConnection {
  /** Pings with the newest offset sent, unless nothing was sent since the last. */
  askPlace(): void;
}

/**
 * `/ws/chat/`: clients that remember nothing but their session. The server subscribes them to `chat` and goes on
 * from the session's place: the last offset that came back in a pong [resume-1].
 */
class ChatProfile implements FrameProfile, PlacedConnection {
  readonly firstPlace: () => Promise<Position>;
  readonly #connection: FrameConnection;
  readonly #commands: FrameCommands;
  readonly #wheel: Wheel<PlacedConnection>;
  #wheelPlace: number | undefined;
  #subscribed: Promise<void> = Promise.resolve();
  #slot: NodeJS.Timeout | undefined;
  #asked: string | undefined;
  /** Behind which offset the client has been sent the channel, as last known. */
  #began: Offset = ORIGIN;
  #moved: ((payload: string) => void) | undefined;

  constructor(connection: FrameConnection, wheel: Wheel<PlacedConnection>) {
    this.#connection = connection;
    this.#commands = new FrameCommands(connection);
    this.#wheel = wheel;
    this.firstPlace = () => connection.context.hub.position(CHAT);
  }

  get fannedOut(): number {
    return this.#commands.subscriptions.fannedOut;
  }

  opened(): void {
    this.#wheelPlace = this.#wheel.add(this);
    const place = this.#connection.session?.place;
    this.#subscribed = this.#subscribe(place);
    this.#commands.subscriptions.restore();
  }

  text(message: string): void {
    const { types } = this.#connection.context.handlers;
    const decoded = canBeFrame(message) ? decodeClientFrame(message, types) : undefined;
    if (!this.#connection.admits(decoded)) return;
    if (decoded === undefined || (!decoded.ok && decoded.code === 'invalid_json')) {
      this.#commands.publishText(CHAT, message);
    } else if (decoded.ok) this.#commands.run(decoded.frame);
    else this.#connection.refusals.refuse(decoded.code, decoded.message, decoded.id);
  }

  pong(payload: string): void {
    const place = readPlace(payload);
    const { session } = this.#connection;
    if (place !== undefined && session !== undefined && place.offset >= this.#least()) {
      this.#connection.context.places.confirm(session.ref, this.#connection.id, place);
    }
    this.#moved?.(payload);
  }

  pingPayload(): string {
    const place = this.#commands.subscriptions.position(CHAT);
    return place === undefined ? '' : writePlace(place);
  }

  askPlace(): void {
    const payload = this.pingPayload();
    if (payload === '' || payload === this.#asked) return;
    this.#asked = payload;
    this.#connection.out.cork(() => this.#connection.out.ping(payload));
  }

  follow(channel: ChannelName, follows: boolean): void {
    this.#commands.subscriptions.follow(channel, follows);
  }

  drained(): void {
    this.#commands.subscriptions.drained();
  }

  move({ reason, afterMs, deadlineMs }: MoveOrder): void {
    const waitMs = Math.min(PLACE_WAIT_MS, deadlineMs - afterMs);
    this.#slot = setTimeout(() => void this.#moveNow(reason, waitMs), afterMs);
  }

  closed(): void {
    this.#wheel.remove(this, this.#wheelPlace);
    clearTimeout(this.#slot);
    this.#moved?.('');
    this.#commands.closed();
  }

  async #subscribe(place: Position | undefined): Promise<void> {
    const refusal = this.#commands.refusal('subscribe', CHAT);
    if (refusal !== undefined) {
      this.#connection.end(CLOSE.forbidden, refusal, 'unauthorized');
      return;
    }
    const stands = await this.#commands.subscriptions.goOn(CHAT, place);
    // Its client would never ask again: it comes back, and goes on from its place [close-1013].
    if (!stands) this.#connection.end(CLOSE.overloaded, 'Redis is away, connect again later', 'overloaded');
  }

  /** Nothing more is delivered; the client's pong then says exactly what it has; the next connection goes on there. */
  async #moveNow(reason: string, waitMs: number): Promise<void> {
    await within(waitMs, this.#subscribed);
    const place = this.pingPayload();
    this.#least();
    this.#commands.subscriptions.endAll();
    // Marked, so that the pong of an earlier ping for the same place is not taken for it: this one comes after
    // everything that the client sent before it heard of the move.
    if (place !== '') await within(waitMs, this.#pongOf(`${LAST_PING}${place}`));
    await this.#connection.context.places.flush();
    // Last, so that what the client says meanwhile is answered too.
    await this.#commands.settled();
    this.#connection.end(CLOSE.serviceRestart, reason, 'moved');
  }

  /** A pong may say anything: a place from before it all would be a way to read the history [channel-4]. */
  #least(): Offset {
    this.#began = this.#commands.subscriptions.since(CHAT) ?? this.#began;
    return this.#began;
  }

  #pongOf(payload: string): Promise<void> {
    return new Promise((resolve) => {
      this.#moved = (answer) => {
        if (answer === payload || answer === '') resolve();
      };
      this.#connection.out.cork(() => this.#connection.out.ping(payload));
    });
  }
}

export const chatEndpoint = (context: EndpointContext, wheel: Wheel<PlacedConnection>): WebSocketRoute => ({
  path: '/ws/chat',
  admit: (handshake, header) => admitFrameClient(context, handshake, header),
  open: (socket, handshake) =>
    context.door.open(
      socket,
      handshake,
      (admitted) =>
        new Connection(
          context,
          'chat',
          socket,
          admitted,
          (connection) => new FrameConnection(connection, (frames) => new ChatProfile(frames, wheel)),
        ),
    ),
});

const writePlace = ({ epoch, offset }: Position): string => `${offset}:${epoch}`;

const readPlace = (given: string): Position | undefined => {
  const payload = given.startsWith(LAST_PING) ? given.slice(LAST_PING.length) : given;
  const split = payload.indexOf(':');
  if (split <= 0) return undefined;
  const offset = parseOffset(Number(payload.slice(0, split)));
  const epoch = parseEpoch(payload.slice(split + 1));
  return offset === undefined || epoch === undefined ? undefined : { epoch, offset };
};

function requireChannel(name: string): ChannelName {
  const channel = parseChannelName(name);
  if (channel === undefined) throw new Error(`${name} is not a channel name`);
  return channel;
}

function requireOffset(number: number): Offset {
  const offset = parseOffset(number);
  if (offset === undefined) throw new Error(`${number} is no offset`);
  return offset;
}
