import { CLOSE, type CloseCode } from '../../protocol/close-codes.js';
import { isClaimable, type ClientId } from '../../protocol/ids.js';
import { handshakeToken } from '../identity/handshake-token.js';
import type { ReadHeader } from '../identity/origins.js';
import { ANONYMOUS, identityOf, OPERATOR, type Identity, type Principal } from '../identity/principal.js';
import type { Revocations } from '../identity/revocations.js';
import type { TokenVerifier, Verified } from '../identity/token-verifier.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import type { Handshake, Socket, SocketHandler } from '../transport/socket.js';

/** A handshake of somebody who is known, without the token itself. */
export type Admitted = Handshake & Readonly<{ principal: Principal }>;

type Refused = Readonly<{ ok: false; code: CloseCode; reason: string }>;
type Entry = Readonly<{ ok: true; principal: Principal }> | Refused;

export type DoorOptions = Readonly<{
  allowsAnonymous: boolean;
  isOriginAllowed(header: ReadHeader): boolean;
  verifier: TokenVerifier;
  revocations: Revocations;
  metrics: Pick<Metrics, 'unauthorized'>;
  logger: Logger;
}>;

const NO_PROTOCOLS: readonly string[] = [];
const REVOKED = 'the token was taken back';
const MISSING: Refused = { ok: false, code: CLOSE.unauthorized, reason: 'a token is needed here' };

/**
 * Who comes in, as whom. A client without a good token is let in and closed at once, since a browser's page is told the
 * code of a close and nothing of a refused handshake [token-5].
 */
export class Door {
  readonly #options: DoorOptions;
  /** Of handshakes that are under way. */
  readonly #entries = new WeakMap<Handshake, Entry>();

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  /**
   * Whether what is said to a client by its name is for this one. Where tokens are checked only a token proves a name that
   * can be claimed [send-5]; one that cannot be claimed was given by us.
   */
  isKnownAs(clientId: ClientId, principal: Principal): boolean {
    return !this.#options.verifier.checks || principal.kind !== 'anonymous' || !isClaimable(clientId);
  }

  isOriginAllowed(header: ReadHeader): boolean {
    return this.#options.isOriginAllowed(header);
  }

  /**
   * Finds out who asks; at once where there is no token. Else what is returned checks it, and rejects
   * with KeysUnavailable or BrokerUnavailable: `open` needs it before.
   * @param name the endpoint is for this client alone
   */
  identify(handshake: Handshake, header: ReadHeader, name?: ClientId): (() => Promise<void>) | undefined {
    const token = handshake.operator ? undefined : handshakeToken(handshake, header);
    if (token !== undefined) return () => this.#check(handshake, token, name);
    const mayStay = handshake.operator || this.#options.allowsAnonymous;
    const principal = handshake.operator ? OPERATOR : ANONYMOUS;
    this.#entries.set(handshake, mayStay ? { ok: true, principal } : MISSING);
    return undefined;
  }

  /** Another token for a connection that has one. @throws KeysUnavailable, BrokerUnavailable */
  async renew(principal: Principal, token: string): Promise<Verified> {
    if (principal.kind !== 'token') return { ok: false, why: 'this connection was opened without a token' };
    const verified = await this.#verify(token);
    if (!verified.ok || verified.identity.clientId === principal.identity.clientId) return verified;
    return { ok: false, why: 'the token is of another client' };
  }

  /** The WebSocket stands: hands it to the endpoint, or closes it. */
  open(socket: Socket, handshake: Handshake, open: (admitted: Admitted) => SocketHandler): SocketHandler {
    const entry = this.#entries.get(handshake);
    if (entry === undefined) throw new Error(`${handshake.path} was let in and nobody knows whom`);
    if (!entry.ok) return this.#turnAway(socket, handshake, entry);
    const identity = identityOf(entry.principal);
    if (identity !== undefined && this.#options.revocations.isJustRevoked(identity)) {
      return this.#turnAway(socket, handshake, unauthorized(REVOKED));
    }
    const { path, query, ip, requestId, operator } = handshake;
    query.delete('token');
    return open({ path, query, ip, requestId, operator, protocols: NO_PROTOCOLS, principal: entry.principal });
  }

  /** @throws KeysUnavailable, BrokerUnavailable */
  async #verify(token: string): Promise<Verified> {
    const { verifier, revocations } = this.#options;
    const verified = await verifier.verify(token);
    if (!verified.ok) return verified;
    const { identity } = verified;
    // The second: what was taken back while the store was asked.
    const isRevoked = (await revocations.isRevoked(identity)) || revocations.isJustRevoked(identity);
    return isRevoked ? { ok: false, why: REVOKED } : verified;
  }

  async #check(handshake: Handshake, token: string, name: ClientId | undefined): Promise<void> {
    const verified = await this.#verify(token);
    this.#entries.set(handshake, verified.ok ? entryOf(verified.identity, name) : unauthorized(verified.why));
  }

  #turnAway(socket: Socket, { requestId: request_id, ip, path }: Handshake, { code, reason }: Refused): SocketHandler {
    const { logger, metrics } = this.#options;
    metrics.unauthorized();
    logger.info({ event: 'websocket_unauthorized', request_id, ip, path, code, reason }, 'WebSocket turned away');
    // After this turn, in which the WebSocket is still being opened.
    setImmediate(() => socket.close(code, reason));
    return NOBODY;
  }
}

const unauthorized = (reason: string): Refused => ({ ok: false, code: CLOSE.unauthorized, reason });

const entryOf = (identity: Identity, name: ClientId | undefined): Entry =>
  name === undefined || name === identity.clientId
    ? { ok: true, principal: { kind: 'token', identity } }
    : { ok: false, code: CLOSE.forbidden, reason: 'the token is of another client' };

const nothing = (): void => undefined;

/** Who is turned away is not listened to. */
const NOBODY: SocketHandler = {
  text: nothing,
  pong: nothing,
  binary: nothing,
  tooLarge: nothing,
  drained: nothing,
  overflowed: nothing,
  closed: nothing,
};
