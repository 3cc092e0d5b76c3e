import { describe, expect, it } from 'vitest';
import { BrokerUnavailable } from '../broker/channel-log.js';
import type { AllowanceCharge, SpentAllowance } from '../broker/session-store.js';
import type { Rate } from './rate.js';
import { SessionAllowances, type HeldAllowance, type Ledger } from './session-allowances.js';

/** So slow to grow back that a test sees none of it. */
const RATE: Rate = { limit: 60, windowMs: 6_000_000, burst: 2 };
const COST_MS = 100_000;

/** Keeps one session as the store does. */
class Store implements Ledger {
  spentMs = 0;
  writes = 0;
  isAway = false;
  #mark = '';

  async charge(_: string, { mark, debtMs, chargedMs }: AllowanceCharge): Promise<SpentAllowance> {
    if (this.isAway) throw new BrokerUnavailable('away');
    this.writes += 1;
    this.spentMs = mark === this.#mark ? debtMs : this.spentMs + chargedMs;
    this.#mark = String(this.writes);
    return this.spent;
  }

  get spent(): SpentAllowance {
    return { mark: this.#mark, debtMs: this.spentMs };
  }

  get messages(): number {
    return Math.round(this.spentMs / COST_MS);
  }
}

const takeMany = (allowance: HeldAllowance, n: number): number =>
  Array.from({ length: n }, () => allowance.take()).filter((waitMs) => waitMs === 0).length;
/** As a client that waits for each answer. */
const takeSlowly = async (allowance: HeldAllowance, n: number): Promise<number> => {
  let taken = 0;
  for (let at = 0; at < n; at += 1) {
    taken += takeMany(allowance, 1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return taken;
};
const worker = (store: Store) => new SessionAllowances(store, RATE);

describe('the allowance of a session on a worker', () => {
  it('[limit-3] is one for all its connections here', () => {
    const store = new Store();
    const sessions = worker(store);
    const [one, two] = [sessions.hold('s', store.spent), sessions.hold('s', store.spent)];
    expect(takeMany(one, 100)).toBe(100);
    expect(takeMany(two, 100)).toBe(20);
    expect(sessions.hold('other', store.spent).remaining()).toBe(120);
  });

  it('[limit-3] goes on elsewhere where it was, when its connection ends in order', async () => {
    const store = new Store();
    const here = worker(store).hold('s', store.spent);
    expect(await takeSlowly(here, 77)).toBe(77);
    const rest = here.leave();
    if (rest !== undefined) await store.charge('s', rest);
    expect(store.messages).toBe(77);
    expect(takeMany(worker(store).hold('s', store.spent), 100)).toBe(43);
    expect(here.leave()).toBeUndefined();
  });

  it('[limit-3] loses at most a tenth of the burst with a worker that is killed', async () => {
    const store = new Store();
    expect(await takeSlowly(worker(store).hold('s', store.spent), 119)).toBe(119);
    expect(store.messages).toBe(108);
    expect(store.writes).toBe(9);
    expect(takeMany(worker(store).hold('s', store.spent), 100)).toBe(12);
  });

  it('[limit-3] two workers at a time, as in a move, know of each other: what both took adds up', async () => {
    const store = new Store();
    const old = worker(store).hold('s', store.spent);
    expect(await takeSlowly(old, 50)).toBe(50);
    await old.write();
    const next = worker(store).hold('s', store.spent);
    expect(next.remaining()).toBe(70);
    let taken = 0;
    for (let round = 0; round < 10; round += 1) taken += (await takeSlowly(old, 12)) + (await takeSlowly(next, 12));
    // Each may not have heard of the other's last tenth.
    expect(taken).toBeGreaterThanOrEqual(70);
    expect(taken).toBeLessThanOrEqual(70 + 12);
    for (const rest of [old.leave(), next.leave()]) if (rest !== undefined) await store.charge('s', rest);
    // What was too much is owed.
    expect(store.messages).toBe(50 + taken);
  });

  it('writes what the store could not take with the next write', async () => {
    const store = new Store();
    const here = worker(store).hold('s', store.spent);
    store.isAway = true;
    await takeSlowly(here, 30);
    expect(store.messages).toBe(0);
    store.isAway = false;
    await takeSlowly(here, 1);
    expect(store.messages).toBe(31);
  });

  it('[limit-4] is given back what the server could not do', () => {
    const here = worker(new Store()).hold('s', { mark: '', debtMs: 0 });
    takeMany(here, 3);
    here.giveBack();
    expect(here.remaining()).toBe(118);
    expect(here.leave()).toMatchObject({ chargedMs: 2 * COST_MS });
  });
});
