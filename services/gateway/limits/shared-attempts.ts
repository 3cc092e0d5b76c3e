import type { OtherWorkers } from '../cluster/other-workers.js';
import { Attempts } from './attempts.js';

/** What is tried: the password of the admin page, or a key of the HTTP API. */
export type AttemptSubject = 'admin-login' | 'api-key';

/**
 * Attempts at a secret, by address, as every worker of both colors knows them: whoever is sent to another worker waits there
 * too. It takes others a moment to hear of one; while Redis is away each worker counts for itself.
 */
export class SharedAttempts {
  readonly #attempts = new Attempts();
  readonly #others: OtherWorkers;
  readonly #verbs: Readonly<{ failed: string; succeeded: string }>;

  constructor(others: OtherWorkers, subject: AttemptSubject) {
    this.#others = others;
    this.#verbs = { failed: `${subject}-failed`, succeeded: `${subject}-succeeded` };
    others.on(this.#verbs.failed, (ip) => this.#attempts.failed(ip, Date.now()));
    others.on(this.#verbs.succeeded, (ip) => this.#attempts.succeeded(ip));
  }

  /** How long this address must wait until it may try, s; 0: it may. */
  waitSeconds(ip: string): number {
    return Math.ceil(this.#attempts.waitMs(ip, Date.now()) / 1000);
  }

  failed(ip: string): void {
    this.#attempts.failed(ip, Date.now());
    void this.#others.tell(this.#verbs.failed, ip);
  }

  succeeded(ip: string): void {
    this.#attempts.succeeded(ip);
    void this.#others.tell(this.#verbs.succeeded, ip);
  }
}
