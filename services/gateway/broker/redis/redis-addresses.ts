import { PASS_MS, type AddressAllowances, type ConnectionRate, type Taken } from '../address-allowances.js';
import { addressKey, passesKey } from './keys.js';
import type { Publisher } from './publisher.js';
import { numberOf } from './reply.js';

/** Allowances of addresses in Redis: one time for each that has used some, and a hash of passes. */
export class RedisAddresses implements AddressAllowances {
  readonly #publisher: Publisher;

  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  async take(address: string, holder: string, { costMs, depthMs }: ConnectionRate): Promise<Taken> {
    const keys = [addressKey(address), passesKey(address)];
    const answer = numberOf(await this.#publisher.run('addressTake', keys, [holder, costMs, depthMs]));
    if (answer === 0) return 'allowance';
    return answer < 0 ? 'pass' : answer;
  }

  async pass(address: string, holder: string): Promise<void> {
    const key = passesKey(address);
    await this.#publisher.use((client) => Promise.all([client.hincrby(key, holder, 1), client.pexpire(key, PASS_MS)]));
  }
}
