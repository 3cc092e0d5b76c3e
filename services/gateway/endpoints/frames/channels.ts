import { CLOSE } from '../../../protocol/close-codes.js';
import { decodeClientFrame } from '../../../protocol/decode-client.js';
import type { ChannelName } from '../../../protocol/ids.js';
import type { MoveOrder } from '../../lifecycle/connections.js';
import type { WebSocketRoute } from '../../transport/socket.js';
import { admitFrameClient } from '../admission.js';
import { Connection } from '../connection.js';
import type { EndpointContext } from '../context.js';
import { FrameCommands } from './frame-commands.js';
import { FrameConnection } from './frame-connection.js';
import type { FrameProfile } from './frame-profile.js';

/** `/ws`: clients that know their place in each channel, subscribe with `recover`, and move make-before-break. */
class ChannelsProfile implements FrameProfile {
  readonly firstPlace = undefined;
  readonly #connection: FrameConnection;
  #made: FrameCommands | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(connection: FrameConnection) {
    this.#connection = connection;
  }

  /** Made when there is something for them to do: a connection that only listens for its name costs less. */
  get #commands(): FrameCommands {
    this.#made ??= new FrameCommands(this.#connection);
    return this.#made;
  }

  get fannedOut(): number {
    return this.#made?.subscriptions.fannedOut ?? 0;
  }

  opened(): void {
    // To anything else the client subscribes itself.
    if ((this.#connection.session?.kept.size ?? 0) > 0) this.#commands.subscriptions.restore();
  }

  text(message: string): void {
    const decoded = decodeClientFrame(message, this.#connection.context.handlers.types);
    if (!this.#connection.admits(decoded)) return;
    if (decoded.ok) this.#commands.run(decoded.frame);
    else this.#connection.refusals.refuse(decoded.code, decoded.message, decoded.id);
  }

  pong(): void {
    // Its arrival was noted: the client is alive.
  }

  pingPayload(): string {
    return '';
  }

  follow(channel: ChannelName, follows: boolean): void {
    this.#commands.subscriptions.follow(channel, follows);
  }

  drained(): void {
    this.#made?.subscriptions.drained();
  }

  move({ reason, afterMs, deadlineMs }: MoveOrder): void {
    this.#connection.send({ type: 'system.reconnect', after_ms: afterMs, deadline_ms: deadlineMs, reason });
    this.#deadline = setTimeout(() => {
      // What was taken is answered before the goodbye; Redis bounds the wait.
      const settled = this.#made?.settled() ?? Promise.resolve();
      void settled.then(() => this.#connection.end(CLOSE.serviceRestart, reason, 'moved'));
    }, deadlineMs);
  }

  closed(): void {
    clearTimeout(this.#deadline);
    this.#made?.closed();
  }
}

export const channelsEndpoint = (context: EndpointContext): WebSocketRoute => ({
  path: '/ws',
  admit: (handshake, header) => admitFrameClient(context, handshake, header),
  open: (socket, handshake) =>
    context.door.open(
      socket,
      handshake,
      (admitted) =>
        new Connection(
          context,
          'channels',
          socket,
          admitted,
          (connection) => new FrameConnection(connection, (frames) => new ChannelsProfile(frames)),
        ),
    ),
});
