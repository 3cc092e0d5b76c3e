import { CLOSE } from '../../../protocol/close-codes.js';
import type { ClientErrorCode, ErrorCode } from '../../../protocol/error-codes.js';
import { MAX_FRAME_BYTES } from '../../../protocol/limits.js';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import type { MoveOrder } from '../../lifecycle/connections.js';
import { mintAnonymousId } from '../../session/anonymous.js';
import type { WebSocketRoute } from '../../transport/socket.js';
import { admitClient } from '../admission.js';
import { Connection } from '../connection.js';
import type { EndpointContext } from '../context.js';
import type { Conversation, SpeakerFields } from '../conversation.js';
import { errorEvent, heartbeatEvent } from './events.js';
import type { SnapshotTaker } from './snapshots.js';
import type { MetricsStream, StreamSources } from './sources.js';
import { DEFAULT_INTERVAL_SECONDS, readSubscription, type MetricsSubscription } from './subscription.js';

/** `/ws/metrics`: a Snapshot at once and at each interval, the past where it is asked for. */
class StreamConversation implements Conversation, MetricsStream, SnapshotTaker {
  readonly clientId = mintAnonymousId();
  readonly fannedOut = 0;
  readonly #connection: Connection;
  readonly #sources: StreamSources;
  /** It joins them behind its first Snapshot [metrics-1]. */
  #heartbeatPlace: number | undefined;
  #slot: NodeJS.Timeout | undefined;
  #errors = 0;
  #errorsInARow = 0;

  constructor(connection: Connection, sources: StreamSources) {
    this.#connection = connection;
    this.#sources = sources;
    sources.snapshots.watch(this, DEFAULT_INTERVAL_SECONDS);
    void this.#greet();
  }

  get errors(): number {
    return this.#errors;
  }

  get logFields(): SpeakerFields {
    return { client_id: this.clientId };
  }

  text(message: string): void {
    const limited = (retryAfter: number): void => this.take(errorEvent(`too fast: try again in ${retryAfter} s`));
    if (!this.#connection.limits.admits(({ retryAfter }) => limited(retryAfter))) return;
    this.#connection.active();
    const read = readSubscription(message);
    if (!read.ok) {
      this.#refuse(read.code, read.message);
      return;
    }
    this.#errorsInARow = 0;
    void this.#subscribe(read.subscription);
  }

  tooLarge(bytes: number): void {
    this.#refuse('too_large', `the subscription has ${bytes} bytes, at most ${MAX_FRAME_BYTES} are read`);
  }

  take(event: string): void {
    if (this.#connection.isOpen) this.#connection.out.cork(() => this.#connection.out.send(event));
  }

  heartbeat(nowMs: number): void {
    this.take(heartbeatEvent(nowMs));
  }

  pong(): void {
    // Its arrival was noted: the client is alive.
  }

  drained(): void {
    // Nothing is held back for it.
  }

  beat(): void {
    this.#connection.out.ping('');
  }

  idle(): boolean {
    // No event of this endpoint could say it.
    return false;
  }

  tokenExpiring(): void {
    // No event of this endpoint could say it.
  }

  move({ reason, afterMs }: MoveOrder): void {
    this.#slot = setTimeout(() => this.#connection.end(CLOSE.serviceRestart, reason, 'moved'), afterMs);
  }

  goodbye(): void {
    // The close code says it.
  }

  closed(): void {
    clearTimeout(this.#slot);
    this.#sources.heartbeats.remove(this, this.#heartbeatPlace);
    this.#sources.snapshots.leave(this);
  }

  async #greet(): Promise<void> {
    try {
      const snapshot = await this.#sources.snapshots.now();
      if (!this.#connection.isOpen) return;
      this.take(snapshot);
      this.#heartbeatPlace = this.#sources.heartbeats.add(this);
      this.#connection.established();
    } catch (error) {
      this.#logDefect(error);
      this.#connection.end(CLOSE.overloaded, 'no metrics for now, connect again later', 'overloaded');
    }
  }

  async #subscribe({ metrics, intervalSeconds, includeHistory }: MetricsSubscription): Promise<void> {
    this.#sources.snapshots.watch(this, intervalSeconds);
    if (!includeHistory) return;
    try {
      for (const event of await this.#sources.history.events(metrics)) this.take(event);
    } catch (error) {
      this.#logDefect(error);
      this.#failed(error instanceof BrokerUnavailable ? 'unavailable' : 'internal');
      const why = error instanceof BrokerUnavailable ? error.message : 'the server failed';
      this.take(errorEvent(`no history for now, ask again later: ${why}`));
    }
  }

  /** That Redis is away is none. */
  #logDefect(error: unknown): void {
    if (error instanceof BrokerUnavailable) return;
    const { logger } = this.#connection.context;
    logger.error({ ...this.#connection.logFields, event: 'websocket_frame_failed', error }, 'Metrics stream failed');
  }

  #failed(code: ErrorCode): void {
    this.#errors += 1;
    this.#connection.metrics.error(code);
  }

  /** So many errors in a row are answered; the next one closes [metrics-6]. */
  #refuse(code: ClientErrorCode, message: string): void {
    this.#failed(code);
    this.#errorsInARow += 1;
    const { maxClientErrors } = this.#connection.context;
    if (this.#errorsInARow <= maxClientErrors) this.take(errorEvent(message));
    else this.#connection.end(CLOSE.policy, `more than ${maxClientErrors} errors in a row`, 'policy');
  }
}

export const metricsStreamEndpoint = (context: EndpointContext, sources: StreamSources): WebSocketRoute => ({
  path: '/ws/metrics',
  admit: (handshake, header) => admitClient(context, handshake, header),
  open: (socket, handshake) =>
    context.door.open(
      socket,
      handshake,
      (admitted) =>
        new Connection(
          context,
          'metrics',
          socket,
          admitted,
          (connection) => new StreamConversation(connection, sources),
        ),
    ),
});
