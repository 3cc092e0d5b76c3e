import type { ApplicationFrame, ClientFrame, RateLimitedFrame, SubscribeFrame } from '../../../protocol/frames.js';
import type { Decoded } from '../../../protocol/decoded.js';
import type { FrameId } from '../../../protocol/ids.js';
import type { ConnectionLimits } from '../connection-limits.js';

/** Channels that a resumed session may recover without cost: a client that was moved must not be limited for it. */
const FREE_RECOVERIES = 128;

/** Who is told that it is limited. */
interface LimitedClient {
  send(frame: RateLimitedFrame): void;
}

/** Which frames of one connection are messages that its allowance is charged for [limit-1] [limit-4]. */
export class FrameGate {
  readonly #limits: ConnectionLimits;
  readonly #client: LimitedClient;
  #recoveries = 0;
  #free: WeakSet<SubscribeFrame> | undefined;

  constructor(limits: ConnectionLimits, client: LimitedClient) {
    this.#limits = limits;
    this.#client = client;
  }

  /** Whether it cost nothing: then nothing is to be given back either. */
  isFree(frame: SubscribeFrame): boolean {
    return this.#free?.has(frame) ?? false;
  }

  /**
   * Whether the frame may be taken; if not, the client is told.
   * @param decoded undefined: it is bare text
   */
  admits(decoded: Decoded<ClientFrame | ApplicationFrame> | undefined, resumed: boolean): boolean {
    const frame = decoded?.ok === true ? decoded.frame : undefined;
    if (frame?.type.startsWith('system.') === true) return true;
    if (resumed && frame?.type === 'subscribe' && frame.recover !== undefined && this.#recoveries < FREE_RECOVERIES) {
      this.#recoveries += 1;
      this.#free ??= new WeakSet();
      this.#free.add(frame);
      return true;
    }
    const id = decoded === undefined ? undefined : idOf(decoded);
    return this.#limits.admits(({ retryAfter, violations, limit, window }) =>
      this.#client.send({
        type: 'system.rate_limited',
        ...(id === undefined ? {} : { id }),
        retry_after: retryAfter,
        violations,
        limit,
        window,
      }),
    );
  }
}

const idOf = (decoded: Decoded<ClientFrame | ApplicationFrame>): FrameId | undefined => {
  if (!decoded.ok) return decoded.id;
  return 'id' in decoded.frame ? decoded.frame.id : undefined;
};
