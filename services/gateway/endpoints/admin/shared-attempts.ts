import { Attempts } from './attempts.js';
import type { OtherWorkers } from './other-workers.js';

const FAILED = 'admin-login-failed';
const SUCCEEDED = 'admin-login-succeeded';

/**
 * Attempts at the password, by address, as every worker of both colors knows them: whoever is sent to another worker waits there
 * too. It takes others a moment to hear of one; while Redis is away each worker counts for itself.
 */
export class SharedAttempts {
  readonly #attempts = new Attempts();
  readonly #others: OtherWorkers;

  constructor(others: OtherWorkers) {
    this.#others = others;
    others.on(FAILED, (ip) => this.#attempts.failed(ip, Date.now()));
    others.on(SUCCEEDED, (ip) => this.#attempts.succeeded(ip));
  }

  /** How long this address must wait until it may try, ms; 0: it may. */
  waitMs(ip: string): number {
    return this.#attempts.waitMs(ip, Date.now());
  }

  failed(ip: string): void {
    this.#attempts.failed(ip, Date.now());
    void this.#others.tell(FAILED, ip);
  }

  succeeded(ip: string): void {
    this.#attempts.succeeded(ip);
    void this.#others.tell(SUCCEEDED, ip);
  }
}
