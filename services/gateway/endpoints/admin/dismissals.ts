import { z } from 'zod';
import type { ClientId } from '../../../protocol/ids.js';
import type { Revocation, RevocationStore } from '../../broker/revocation-store.js';
import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import type { DeskQuestion } from './desk.js';
import type { Peers } from './peers.js';

export type Dismissed = Readonly<{
  /** So many were closed. */
  connections: number;
  /** Workers that did not answer within a second: `green-2`. Of a revocation they learn within half a minute. */
  unanswered: readonly string[];
}>;

const done = z.object({ done: z.number() });

/** Sends clients away, on whichever workers of the cluster they are. Every method throws BrokerUnavailable. */
export class Dismissals {
  readonly #statistics: StatisticsReader;
  readonly #peers: Peers;
  readonly #store: RevocationStore;
  readonly #keepMs: number;

  /** @param keepMs how long it is kept what was taken back, where nobody says when it would have ended */
  constructor(statistics: StatisticsReader, peers: Peers, store: RevocationStore, keepMs: number) {
    this.#statistics = statistics;
    this.#peers = peers;
    this.#store = store;
    this.#keepMs = keepMs;
  }

  /** Closes all connections of a client with 1008; it may come again. */
  disconnect(clientId: ClientId): Promise<Dismissed> {
    return this.#order({ kind: 'disconnect-client', client_id: clientId });
  }

  /**
   * Takes a token back: from now on it opens nothing, and what it opened is closed with 4401.
   * @param expiresAtMs when it would have ended, ms since 1970, where that is known
   */
  revokeToken(tokenId: string, expiresAtMs?: number): Promise<Dismissed> {
    const keepMs = expiresAtMs === undefined ? this.#keepMs : expiresAtMs - Date.now() + MARGIN_MS;
    return this.#revoke({ kind: 'token', tokenId }, Math.max(keepMs, MARGIN_MS));
  }

  /** Takes back all tokens of a client that were made until now. */
  revokeClient(clientId: ClientId): Promise<Dismissed> {
    return this.#revoke({ kind: 'client', clientId, untilMs: Date.now() }, this.#keepMs);
  }

  async #revoke(revocation: Revocation, keepMs: number): Promise<Dismissed> {
    // Stored first: whoever does not hear of it finds it.
    await this.#store.revoke(revocation, keepMs);
    return this.#order({ kind: 'revoke', revocation });
  }

  async #order(question: DeskQuestion): Promise<Dismissed> {
    const { workers } = await this.#statistics.read();
    const { answers, unanswered } = await this.#peers.ask(workers, question, done);
    return { connections: answers.reduce((sum, answer) => sum + answer.done, 0), unanswered };
  }
}

/** Clocks may differ, and tokens are good for a little longer than they say, ms. */
const MARGIN_MS = 600_000;
