import type { ClientId } from '../../../protocol/ids.js';
import type { Revocation, RevocationStore } from '../../broker/revocation-store.js';
import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import { done, type DeskQuestion } from './desk.js';
import type { AdminEvents } from './events.js';
import type { Peers } from './peers.js';

export type Dismissed = Readonly<{
  /** So many were closed. */
  connections: number;
  /** Workers that did not answer within a second: `green-2`. Of a revocation they learn within half a minute. */
  unanswered: readonly string[];
}>;

/** Sends clients away, and tells administrators by whom, on whichever workers of the cluster they are. Every method throws BrokerUnavailable. */
export class Dismissals {
  readonly #statistics: StatisticsReader;
  readonly #peers: Peers;
  readonly #store: RevocationStore;
  readonly #events: AdminEvents;
  readonly #keepMs: number;

  /** @param keepMs how long it is kept what was taken back, where nobody says when it would have ended */
  constructor(statistics: StatisticsReader, peers: Peers, events: AdminEvents, store: RevocationStore, keepMs: number) {
    this.#statistics = statistics;
    this.#peers = peers;
    this.#events = events;
    this.#store = store;
    this.#keepMs = keepMs;
  }

  /**
   * Closes all connections of a client with 1008; it may come again.
   * @param by address or name of who does it
   */
  async disconnect(clientId: ClientId, by: string): Promise<Dismissed> {
    const dismissed = await this.#order({ kind: 'disconnect-client', client_id: clientId });
    const { connections } = dismissed;
    if (connections > 0) {
      const whose = { connection_id: undefined, client_id: clientId };
      this.#events.happened({ event: 'admin_disconnected', by, connections, ...whose });
    }
    return dismissed;
  }

  /**
   * Takes a token back: from now on it opens nothing, and what it opened is closed with 4401.
   * @param by address or name of who does it
   * @param expiresAtMs when it would have ended, ms since 1970, where that is known
   */
  async revokeToken(tokenId: string, by: string, expiresAtMs?: number): Promise<Dismissed> {
    const keepMs = (expiresAtMs === undefined ? this.#keepMs : expiresAtMs - Date.now()) + MARGIN_MS;
    const dismissed = await this.#revoke({ kind: 'token', tokenId }, Math.max(keepMs, MARGIN_MS));
    this.#events.happened({ event: 'admin_revoked', by, connections: dismissed.connections, jti: tokenId });
    return dismissed;
  }

  /** Takes back all tokens of a client that were made until now. */
  async revokeClient(clientId: ClientId, by: string): Promise<Dismissed> {
    const dismissed = await this.#revoke({ kind: 'client', clientId, untilMs: Date.now() }, this.#keepMs + MARGIN_MS);
    this.#events.happened({ event: 'admin_revoked', by, connections: dismissed.connections, client_id: clientId });
    return dismissed;
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
