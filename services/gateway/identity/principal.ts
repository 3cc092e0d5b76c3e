import type { ClientId } from '../../protocol/ids.js';
import type { ChannelPattern } from './channel-pattern.js';

/** What a token says of whom it was given to. */
export type Identity = Readonly<{
  /** `sub` */
  clientId: ClientId;
  /** `jti` */
  tokenId: string | undefined;
  /** `iat`, ms since 1970. */
  issuedAtMs: number | undefined;
  /** `exp`, ms since 1970; undefined: it does not end. */
  expiresAtMs: number | undefined;
  /** `channels`: what is not listed is not allowed; a list that is not there leaves it to the namespaces. */
  channels: Readonly<{
    subscribe: readonly ChannelPattern[] | undefined;
    publish: readonly ChannelPattern[] | undefined;
  }>;
  /** `info`: of the client, for others to see, as JSON text. */
  info: string | undefined;
}>;

/** Who opened a connection. The operator is the stack itself. */
export type Principal =
  | Readonly<{ kind: 'operator' }>
  | Readonly<{ kind: 'anonymous' }>
  | Readonly<{ kind: 'token'; identity: Identity }>;

export const OPERATOR: Principal = { kind: 'operator' };
export const ANONYMOUS: Principal = { kind: 'anonymous' };

export const identityOf = (principal: Principal): Identity | undefined =>
  principal.kind === 'token' ? principal.identity : undefined;
