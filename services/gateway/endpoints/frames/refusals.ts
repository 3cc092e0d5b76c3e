import { CLOSE, type CloseCode } from '../../../protocol/close-codes.js';
import { CLIENT_ERRORS, type ErrorCode } from '../../../protocol/error-codes.js';
import type { ErrorFrame } from '../../../protocol/frames.js';
import type { FrameId } from '../../../protocol/ids.js';
import { BrokerOverloaded, BrokerUnavailable } from '../../broker/channel-log.js';
import type { DisconnectReason, Metrics } from '../../observability/metrics.js';
import type { EndpointContext } from '../context.js';
import { offenderOf, type Refusable } from '../offender.js';

const CLIENT_FAULTS: ReadonlySet<string> = new Set(CLIENT_ERRORS);

/** The connection that is told. */
export interface Refused extends Refusable {
  /** False: the stack's own, of which no line tells. */
  readonly isCounted: boolean;
  readonly context: Pick<EndpointContext, 'logger' | 'offenders' | 'maxClientErrors'>;
  readonly metrics: Metrics;
  readonly connectionLogFields: Readonly<Record<string, unknown>>;
  send(frame: ErrorFrame): void;
  /** What it admitted could not be done: that is not charged. */
  giveBack(): void;
  end(code: CloseCode, reason: string, why: DisconnectReason): void;
}

/** What one connection is told when a frame can't be served, and how often in a row that was its own fault. */
export class Refusals {
  readonly #connection: Refused;
  #count = 0;
  #inARow = 0;

  constructor(connection: Refused) {
    this.#connection = connection;
  }

  /** How often since it connected. */
  get count(): number {
    return this.#count;
  }

  /** Closes at `maxClientErrors` client errors in a row [error-2]. */
  refuse(code: ErrorCode, message: string, id: FrameId | undefined): void {
    this.#count += 1;
    this.#connection.metrics.error(code);
    this.#tell(code);
    this.#connection.send({ type: 'error', ...(id === undefined ? {} : { id }), code, message });
    if (!CLIENT_FAULTS.has(code)) return;
    this.#inARow += 1;
    if (this.#inARow < this.#connection.context.maxClientErrors) return;
    this.#connection.end(CLOSE.policy, `${this.#inARow} errors in a row`, 'policy');
  }

  /** The fault was ours, or Redis's. @param isCharged whether the client was charged for what failed */
  failed(error: unknown, id: FrameId | undefined, isCharged = true): void {
    if (isCharged) this.#connection.giveBack();
    if (error instanceof BrokerOverloaded) {
      this.#connection.metrics.queueOverflowed();
      this.refuse('overloaded', 'too many messages wait; nothing was done', id);
    } else if (error instanceof BrokerUnavailable) {
      this.refuse('unavailable', 'the outcome is unknown: send it again with the same id', id);
    } else {
      this.#connection.context.logger.error(
        { ...this.#connection.connectionLogFields, event: 'websocket_frame_failed', error },
        'WebSocket frame failed',
      );
      this.refuse('internal', 'the server failed at this frame', id);
    }
  }

  /** Who is refused, and why, for whoever asks after a rate of errors. What failed is told with its error. */
  #tell(code: ErrorCode): void {
    const { ip, isCounted, context } = this.#connection;
    if (!isCounted || code === 'internal') return;
    context.offenders.take({ ...offenderOf(this.#connection), what: code }, Date.now(), () => {
      const fields = { ...this.#connection.connectionLogFields, code, ip };
      return (told) =>
        context.logger.info({ ...fields, event: 'websocket_refused', ...told }, 'WebSocket frame refused');
    });
  }

  /** A frame was good. */
  understood(): void {
    this.#inARow = 0;
  }
}
