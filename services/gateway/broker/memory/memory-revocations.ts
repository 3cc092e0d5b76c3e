import { isMadeBy, type RevocableToken, type Revocation, type RevocationStore } from '../revocation-store.js';
import type { MemoryStore } from './store.js';

const ofToken = (tokenId: string): string => `token ${tokenId}`;
const ofClient = (clientId: string): string => `client ${clientId}`;

/** Revocations in memory. */
export class MemoryRevocations implements RevocationStore {
  readonly #reach: () => Promise<MemoryStore>;

  constructor(reach: () => Promise<MemoryStore>) {
    this.#reach = reach;
  }

  async revoke(revocation: Revocation, keepMs: number): Promise<void> {
    const { revocations, now } = await this.#reach();
    const expiresMs = now() + keepMs;
    if (revocation.kind === 'token') revocations.set(ofToken(revocation.tokenId), { untilMs: Infinity, expiresMs });
    else revocations.set(ofClient(revocation.clientId), { untilMs: revocation.untilMs, expiresMs });
  }

  async areRevoked(tokens: readonly RevocableToken[]): Promise<readonly boolean[]> {
    const { revocations, now } = await this.#reach();
    const nowMs = now();
    const holds = (key: string, token: RevocableToken): boolean => {
      const kept = revocations.get(key);
      return kept !== undefined && nowMs < kept.expiresMs && isMadeBy(token, kept.untilMs);
    };
    return tokens.map(
      (token) =>
        holds(ofClient(token.clientId), token) || (token.tokenId !== undefined && holds(ofToken(token.tokenId), token)),
    );
  }
}
