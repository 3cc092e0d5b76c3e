import type { ReadHeader } from './origins.js';

const BEARER = /^bearer +(\S+)$/i;
const BEARER_PROTOCOL = 'bearer.';

/** As much of a handshake as may hold a token. */
export type TokenBearer = Readonly<{ query: URLSearchParams; protocols: readonly string[] }>;

/** The token of a handshake: in `Authorization`, a subprotocol or the query, in this order [token-1]. */
export const handshakeToken = ({ query, protocols }: TokenBearer, header: ReadHeader): string | undefined => {
  const found =
    BEARER.exec(header('authorization'))?.[1] ??
    protocols.find((protocol) => protocol.startsWith(BEARER_PROTOCOL))?.slice(BEARER_PROTOCOL.length) ??
    query.get('token');
  return found === null || found === '' ? undefined : found;
};
