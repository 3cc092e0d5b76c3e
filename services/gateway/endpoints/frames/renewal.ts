import { CLOSE, type CloseCode } from '../../../protocol/close-codes.js';
import type { ErrorCode } from '../../../protocol/error-codes.js';
import type { TokenRenewedFrame } from '../../../protocol/frames.js';
import type { FrameId } from '../../../protocol/ids.js';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import type { Identity, Principal } from '../../identity/principal.js';
import { KeysUnavailable } from '../../identity/remote-keys.js';
import type { DisconnectReason } from '../../observability/metrics.js';
import type { EndpointContext } from '../context.js';

/** The connection whose token is renewed. */
export interface Renewed {
  readonly context: Pick<EndpointContext, 'door' | 'maxClientErrors'>;
  readonly principal: Principal;
  readonly isOpen: boolean;
  readonly refusals: Readonly<{
    refuse(code: ErrorCode, message: string, id: FrameId | undefined): void;
    understood(): void;
  }>;
  /** It has this one from now on. */
  renewed(identity: Identity): void;
  send(frame: TokenRenewedFrame): void;
  end(code: CloseCode, reason: string, why: DisconnectReason): void;
}

/** Takes another token in place of the one that a connection has [token-4]. */
export class Renewal {
  readonly #connection: Renewed;
  readonly #done: () => void;
  #isUnderWay = false;
  /** Since the last good one, whatever came between: to check each was work, and nothing else bounds it. */
  #refused = 0;

  /** @param done what the connection may do is another now */
  constructor(connection: Renewed, done: () => void) {
    this.#connection = connection;
    this.#done = done;
  }

  /** One at a time: no rate limit holds for `system.*`, and to check a token is work. */
  async take(token: string, id: FrameId | undefined): Promise<void> {
    const { refusals } = this.#connection;
    if (this.#isUnderWay) {
      refusals.refuse('overloaded', 'another token is being looked at; nothing was done', id);
      return;
    }
    this.#isUnderWay = true;
    try {
      const verified = await this.#connection.context.door.renew(this.#connection.principal, token);
      if (!this.#connection.isOpen) return;
      if (verified.ok) this.#renewed(verified.identity, id);
      else this.#refuse(verified.why, id);
    } catch (error) {
      if (!(error instanceof KeysUnavailable) && !(error instanceof BrokerUnavailable)) throw error;
      if (this.#connection.isOpen) refusals.refuse('unavailable', error.message, id);
    } finally {
      this.#isUnderWay = false;
    }
  }

  #refuse(why: string, id: FrameId | undefined): void {
    const { context, refusals } = this.#connection;
    refusals.refuse('forbidden', why, id);
    this.#refused += 1;
    if (this.#refused < context.maxClientErrors) return;
    this.#connection.end(CLOSE.policy, `${this.#refused} tokens that are not good`, 'policy');
  }

  #renewed(identity: Identity, id: FrameId | undefined): void {
    this.#refused = 0;
    this.#connection.refusals.understood();
    this.#connection.renewed(identity);
    const { expiresAtMs } = identity;
    this.#connection.send({
      type: 'system.token_renewed',
      ...(id === undefined ? {} : { id }),
      ...(expiresAtMs === undefined ? {} : { expires_in: Math.max(0, Math.round((expiresAtMs - Date.now()) / 1000)) }),
    });
    this.#done();
  }
}
