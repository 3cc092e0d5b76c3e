import { CLOSE, type CloseCode } from '../../protocol/close-codes.js';
import type { ClientId } from '../../protocol/ids.js';
import type { AllowanceCharge, SpentAllowance } from '../broker/session-store.js';
import type { Gate, Limited } from '../limits/gate.js';
import type { HeldAllowance } from '../limits/session-allowances.js';
import type { DisconnectReason, Metrics } from '../observability/metrics.js';
import type { Session } from '../session/session.js';
import type { Handshake } from '../transport/socket.js';
import { passHolder } from './admission.js';
import type { EndpointContext } from './context.js';
import { offenderOf } from './offender.js';

/** The connection that is limited. */
export interface LimitedConnection {
  readonly context: Pick<EndpointContext, 'limits' | 'logger' | 'offenders'>;
  readonly handshake: Handshake;
  readonly metrics: Metrics;
  readonly clientId: ClientId | undefined;
  readonly logFields: Readonly<Record<string, unknown>>;
  active(): void;
  end(code: CloseCode, reason: string, why: DisconnectReason): void;
}

/** The rate limits of one connection: what it may send, and that its move costs its address nothing. */
export class ConnectionLimits {
  readonly #connection: LimitedConnection;
  readonly #gate: Gate;
  #refused = 0;
  #session: Readonly<Pick<Session, 'ref' | 'resumed'> & { allowance: HeldAllowance | undefined }> | undefined;

  constructor(connection: LimitedConnection) {
    this.#connection = connection;
    this.#gate = connection.context.limits.gate(connection.handshake);
  }

  /** Messages that it may send now; null: no limit holds. */
  get remaining(): number | null {
    return this.#gate.remaining;
  }

  /** Messages that were not taken, since it connected. */
  get refused(): number {
    return this.#refused;
  }

  /** From now on the session's allowance counts, which goes with it wherever it connects [limit-3]. */
  join({ ref, resumed }: Pick<Session, 'ref' | 'resumed'>, spent: SpentAllowance): void {
    const { context, handshake } = this.#connection;
    const allowance = context.limits.session(handshake, ref, spent);
    this.#session = { ref, resumed, allowance };
    if (allowance !== undefined) this.#gate.share(allowance);
  }

  /** The connection is over: what is to be written with its end. */
  leave(): AllowanceCharge | undefined {
    return this.#session?.allowance?.leave();
  }

  /** Whether a message may be taken; else `tell` says why not, and after too many in a row it closes [limit-5]. */
  admits(tell: (limited: Limited) => void): boolean {
    const limited = this.#gate.take();
    if (limited === undefined) return true;
    const { context, handshake, metrics, clientId } = this.#connection;
    this.#refused += 1;
    this.#connection.active();
    metrics.messageRateLimited();
    context.limits.reports.count('messages', handshake.ip, clientId);
    tell(limited);
    this.#log(limited);
    if (!limited.isLast) return false;
    metrics.rateLimitDisconnected();
    context.limits.reports.count('disconnects', handshake.ip, clientId);
    this.#connection.end(CLOSE.rateLimited, `too fast: try again in ${limited.retryAfter} s`, 'rate_limited');
    return false;
  }

  /** Who sends too much; that it is closed for it is a line of its own. */
  #log({ violations, isLast }: Limited): void {
    const { context, handshake, clientId } = this.#connection;
    const { ip } = handshake;
    const offender = offenderOf({ ip, clientId, session: this.#session });
    context.offenders.take({ ...offender, what: 'rate_limited', isClosed: isLast }, Date.now(), () => {
      const fields = { ...this.#connection.logFields, what: 'messages', ip, violations, closed: isLast };
      return (told) =>
        context.logger.info(
          { ...fields, event: 'websocket_rate_limited', ...told },
          'WebSocket messages over the rate limit',
        );
    });
  }

  /** The server could not do what it had admitted: that costs nothing [limit-4]. */
  giveBack(): void {
    this.#gate.giveBack();
  }

  /**
   * Resolves when every worker knows that it may come again for nothing, and what it has used. Undefined: there is
   * nothing to know.
   */
  beforeMove(): Promise<void> | undefined {
    const { context, handshake } = this.#connection;
    const passed = context.limits.pass(handshake, this.#session?.ref ?? passHolder(handshake));
    if (passed === undefined) return undefined;
    return Promise.all([passed, this.#session?.allowance?.write()]).then(() => undefined);
  }
}
