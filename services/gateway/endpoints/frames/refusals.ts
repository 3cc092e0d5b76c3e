import { CLIENT_ERRORS, type ErrorCode } from '../../../protocol/error-codes.js';
import type { FrameId } from '../../../protocol/ids.js';
import { BrokerOverloaded, BrokerUnavailable } from '../../broker/channel-log.js';
import type { EndpointContext } from '../context.js';
import type { FrameSocket } from './frame-socket.js';

const CLIENT_FAULTS: ReadonlySet<string> = new Set(CLIENT_ERRORS);

/** What one connection is told when a frame can't be served, and how often in a row that was its own fault. */
export class Refusals {
  readonly #out: FrameSocket;
  readonly #context: EndpointContext;
  readonly #logFields: () => Readonly<Record<string, unknown>>;
  readonly #tooMany: (inARow: number) => void;
  #inARow = 0;

  /** @param tooMany called at `maxClientErrors` client errors in a row [close-1008] */
  constructor(
    out: FrameSocket,
    context: EndpointContext,
    logFields: () => Readonly<Record<string, unknown>>,
    tooMany: (inARow: number) => void,
  ) {
    this.#out = out;
    this.#context = context;
    this.#logFields = logFields;
    this.#tooMany = tooMany;
  }

  refuse(code: ErrorCode, message: string, id: FrameId | undefined): void {
    this.#context.metrics.error(code);
    this.#out.sendFrame({ type: 'error', ...(id === undefined ? {} : { id }), code, message });
    if (!CLIENT_FAULTS.has(code)) return;
    this.#inARow += 1;
    if (this.#inARow >= this.#context.maxClientErrors) this.#tooMany(this.#inARow);
  }

  /** The fault was ours, or Redis's. */
  failed(error: unknown, id: FrameId | undefined): void {
    if (error instanceof BrokerOverloaded) {
      this.refuse('overloaded', 'too many messages wait; nothing was done', id);
    } else if (error instanceof BrokerUnavailable) {
      this.refuse('unavailable', 'the outcome is unknown: send it again with the same id', id);
    } else {
      this.#context.logger.error(
        { ...this.#logFields(), event: 'websocket_frame_failed', error },
        'WebSocket frame failed',
      );
      this.refuse('internal', 'the server failed at this frame', id);
    }
  }

  /** A frame was good. */
  understood(): void {
    this.#inARow = 0;
  }
}
