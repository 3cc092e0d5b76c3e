import type { ClientId } from '../../protocol/ids.js';

/** What is taken back: one token by its `jti`, or all of a client that were made until then (ms since 1970). */
export type Revocation =
  | Readonly<{ kind: 'token'; tokenId: string }>
  | Readonly<{ kind: 'client'; clientId: ClientId; untilMs: number }>;

/** As much of a token as a revocation goes by. */
export type RevocableToken = Readonly<{
  clientId: ClientId;
  tokenId: string | undefined;
  /** ms since 1970; a token that does not say counts as made before every revocation of its client. */
  issuedAtMs: number | undefined;
}>;

/** Tokens that were taken back, for the whole cluster. Every method throws BrokerUnavailable when Redis is away. */
export interface RevocationStore {
  /** Holds when it resolves, and for so long; of the same token or client the last word counts. */
  revoke(revocation: Revocation, keepMs: number): Promise<void>;
  /** Whether each of these is taken back, in one round trip. */
  areRevoked(tokens: readonly RevocableToken[]): Promise<readonly boolean[]>;
}

/** The time of a token has whole seconds: one of the very second of the revocation is taken for older. */
export const isMadeBy = ({ issuedAtMs }: RevocableToken, untilMs: number): boolean =>
  issuedAtMs === undefined || issuedAtMs <= untilMs;
