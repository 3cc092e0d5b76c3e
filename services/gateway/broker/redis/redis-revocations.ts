import { isMadeBy, type RevocableToken, type Revocation, type RevocationStore } from '../revocation-store.js';
import { revokedClientKey, revokedTokenKey } from './keys.js';
import type { Publisher } from './publisher.js';

/** Revocations in Redis: a key each, which Redis forgets by itself. */
export class RedisRevocations implements RevocationStore {
  readonly #publisher: Publisher;

  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  async revoke(revocation: Revocation, keepMs: number): Promise<void> {
    const [key, value] =
      revocation.kind === 'token'
        ? [revokedTokenKey(revocation.tokenId), '']
        : [revokedClientKey(revocation.clientId), String(revocation.untilMs)];
    await this.#publisher.use((client) => client.set(key, value, 'PX', Math.ceil(keepMs)));
  }

  async areRevoked(tokens: readonly RevocableToken[]): Promise<readonly boolean[]> {
    if (tokens.length === 0) return [];
    const keys = tokens.flatMap(({ clientId, tokenId }) => [
      revokedClientKey(clientId),
      ...(tokenId === undefined ? [] : [revokedTokenKey(tokenId)]),
    ]);
    const found = (await this.#publisher.use((client) => client.mget(keys)))[Symbol.iterator]();
    const next = (): string | null => found.next().value ?? null;
    return tokens.map((token) => {
      const until = next();
      const isTakenBack = token.tokenId !== undefined && next() !== null;
      return isTakenBack || (until !== null && isMadeBy(token, Number(until)));
    });
  }
}
