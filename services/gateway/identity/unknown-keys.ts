import { createHash } from 'node:crypto';

/** So many are remembered; of a flood of names that mean nothing the oldest are forgotten first. */
const MOST = 1_000;

/**
 * Keys that tokens named and nobody knows, and since when: a server that was asked before that did not say that there is
 * none [token-3].
 */
export class UnknownKeys {
  /** When each was named first, ms; by a digest, since a name may be long. */
  readonly #namedAtMs = new Map<string, number>();

  /** @returns when a token named this one first, of what is remembered, ms: `nowMs` where none has */
  named(name: string, nowMs: number): number {
    const digest = createHash('sha256').update(name).digest('base64');
    const known = this.#namedAtMs.get(digest);
    if (known !== undefined) return known;
    for (const oldest of this.#namedAtMs.keys()) {
      if (this.#namedAtMs.size < MOST) break;
      this.#namedAtMs.delete(oldest);
    }
    this.#namedAtMs.set(digest, nowMs);
    return nowMs;
  }
}
