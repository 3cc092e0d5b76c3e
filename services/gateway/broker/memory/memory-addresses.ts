import { PASS_MS, type AddressAllowances, type ConnectionRate, type Taken } from '../address-allowances.js';
import type { MemoryStore } from './store.js';

/** Allowances of addresses in memory: the same rules as `address-take.lua`. */
export class MemoryAddresses implements AddressAllowances {
  readonly #reach: () => Promise<MemoryStore>;

  constructor(reach: () => Promise<MemoryStore>) {
    this.#reach = reach;
  }

  async take(address: string, holder: string, { costMs, depthMs }: ConnectionRate): Promise<Taken> {
    const store = await this.#reach();
    const nowMs = store.now();
    const known = store.address(address);
    const { passes } = known;
    const left = passes.get(holder);
    if (left !== undefined) {
      if (left > 1) passes.set(holder, left - 1);
      else passes.delete(holder);
      return 'pass';
    }
    const spentMs = Math.max(known.spentMs, nowMs) + costMs;
    const waitMs = spentMs - depthMs - nowMs;
    if (waitMs > 0.01) return Math.ceil(waitMs);
    known.spentMs = spentMs;
    return 'allowance';
  }

  async pass(address: string, holder: string): Promise<void> {
    const store = await this.#reach();
    const known = store.address(address);
    known.passes.set(holder, (known.passes.get(holder) ?? 0) + 1);
    known.passesUntilMs = store.now() + PASS_MS;
  }
}
