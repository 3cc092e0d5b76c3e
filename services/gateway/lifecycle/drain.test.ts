import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectionNumber } from '../broker/testing/world.js';
import { Connections, type ManagedConnection, type MoveOrder } from './connections.js';
import { Drain } from './drain.js';
import { Draining } from './draining.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Connections that note when they were told, ms since the beginning, and stay. */
const setUp = (count: number) => {
  const connections = new Connections();
  const orders: MoveOrder[] = [];
  const toldAt: number[] = [];
  const told: unknown[] = [];
  const beginning = Date.now();
  let made = 0;
  const add = (): ManagedConnection => {
    const connection: ManagedConnection = {
      id: connectionNumber((made += 1)),
      isCounted: true,
      isPage: false,
      beat: () => {},
      checkIdle: () => {},
      facts: {
        clientId: 'c',
        ip: '::1',
        endpoint: 'plain',
        openedAtMs: 0,
        activeAtMs: 0,
        received: 0,
        sent: 0,
        errors: 0,
      },
      describe: () => {
        throw new Error('nobody asks');
      },
      warn: () => false,
      dismiss: () => {},
      replace: () => {},
      cutShort: () => {},
      token: undefined,
      tokenRevoked: () => {},
      move: (order) => {
        orders.push(order);
        told.push(connection.id);
        toldAt.push(Date.now() - beginning + order.afterMs);
      },
    };
    connections.add(connection);
    return connection;
  };
  const all = Array.from({ length: count }, add);
  return { connections, orders, toldAt, told, add, all };
};

describe('Drain', () => {
  it('[move-1] gives each connection a slot of its own at the rate asked for, from its slot on the same grace', () => {
    const { connections, orders, toldAt } = setUp(500);
    const drain = new Drain(connections, 'deploy', { rate: 1_000, graceMs: 3_000, windowMs: 60_000 });
    drain.start();
    vi.advanceTimersByTime(260);
    expect(toldAt.filter((ms) => ms < 260)).toHaveLength(260);
    vi.advanceTimersByTime(240);
    expect(orders).toHaveLength(500);
    // Nobody arrives in a herd: at most one slot a millisecond.
    expect(new Set(toldAt).size).toBe(500);
    for (const { reason, afterMs, deadlineMs } of orders) {
      expect([reason, deadlineMs - afterMs]).toEqual(['deploy', 3_000]);
    }
    drain.cancel();
  });

  it('[move-1] keeps a rate that is no whole number of connections a tick', () => {
    const { connections, orders } = setUp(1_000);
    const drain = new Drain(connections, 'deploy', { rate: 230, graceMs: 3_000, windowMs: undefined });
    drain.start();
    vi.advanceTimersByTime(2_000);
    expect(Math.abs(orders.length - 460)).toBeLessThan(8);
    drain.cancel();
  });

  it('moves connections in no order: those that came together are alike', () => {
    const { connections, all, told } = setUp(200);
    const drain = new Drain(connections, 'deploy', { rate: 1_000, graceMs: 3_000, windowMs: undefined });
    drain.start();
    vi.advanceTimersByTime(100);
    const early = all.slice(0, 100).filter(({ id }) => told.includes(id)).length;
    expect(early).toBeGreaterThan(20);
    expect(early).toBeLessThan(80);
    drain.cancel();
  });

  it('[move-1] is faster than the rate where all slots must lie within the window', () => {
    const { connections, orders } = setUp(1_000);
    const drain = new Drain(connections, 'deploy', { rate: 10, graceMs: 100, windowMs: 1_000 });
    drain.start();
    vi.advanceTimersByTime(500);
    expect(orders.length).toBeGreaterThan(450);
    expect(orders.length).toBeLessThan(550);
    vi.advanceTimersByTime(500);
    expect(orders).toHaveLength(1_000);
    drain.cancel();
  });

  it('[move-1] saves up nothing while there are few to move', () => {
    const { connections, orders, add } = setUp(0);
    const drain = new Drain(connections, 'deploy', { rate: 1_000, graceMs: 100, windowMs: 60_000 });
    drain.start();
    for (let n = 0; n < 20; n += 1) {
      add();
      vi.advanceTimersByTime(20);
    }
    expect(orders).toHaveLength(20);
    for (let n = 0; n < 200; n += 1) add();
    vi.advanceTimersByTime(100);
    expect(orders).toHaveLength(120);
    drain.cancel();
  });

  it('tells nobody after it was cancelled, neither those who waited nor those who come', () => {
    const { connections, orders, add } = setUp(100);
    const drain = new Drain(connections, 'rollback', { rate: 100, graceMs: 100, windowMs: 60_000 });
    drain.start();
    vi.advanceTimersByTime(100);
    const told = orders.length;
    expect(told).toBeLessThan(20);
    drain.cancel();
    add();
    vi.advanceTimersByTime(5_000);
    expect(orders).toHaveLength(told);
    expect(drain.status().total).toBe(100);
  });

  it('counts who left, and ends its wait at the time-out when somebody stays', async () => {
    const { connections, all } = setUp(3);
    const drain = new Drain(connections, 'deploy', { rate: 1_000, graceMs: 100, windowMs: 1_000 });
    drain.start();
    for (const connection of all.slice(1)) connections.remove(connection);
    expect(drain.status()).toMatchObject({ total: 3, moved: 2, remaining: 1, done: false });
    const finished = drain.finished(1_000);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(await finished).toBe(false);
    for (const connection of all) connections.remove(connection);
    expect(await drain.finished(1_000)).toBe(true);
    drain.cancel();
  });
});

describe('Draining', () => {
  const options = { rate: 10, graceMs: 500, stopTimeoutMs: 4_000 };

  it('begins once: asked again it goes on, with the reason it had', () => {
    const { connections, orders } = setUp(10);
    const draining = new Draining(connections, options);
    draining.begin('deploy');
    draining.begin('rollback');
    vi.advanceTimersByTime(1_000);
    expect(orders.map(({ reason }) => reason)).toEqual(Array.from({ length: 10 }, () => 'deploy'));
    draining.cancel();
    expect(draining.isDraining).toBe(false);
  });

  it('[move-1] goes on at the pace that it is given', () => {
    const { connections, orders } = setUp(1_000);
    const draining = new Draining(connections, options);
    draining.begin('deploy', { rate: 100, holdMs: 0 });
    vi.advanceTimersByTime(1_000);
    expect(orders.length).toBeGreaterThan(95);
    expect(orders.length).toBeLessThan(110);
    draining.begin('deploy', { rate: 1_000, holdMs: 0 });
    vi.advanceTimersByTime(500);
    expect(orders.length).toBeGreaterThan(590);
    expect(orders.length).toBeLessThan(630);
    draining.cancel();
  });

  it('holds from the first moment as long as it is told to, and goes on by itself', () => {
    const { connections, orders } = setUp(100);
    const draining = new Draining(connections, options);
    draining.begin('deploy', { rate: 1_000, holdMs: 300 });
    vi.advanceTimersByTime(200);
    draining.begin('deploy', { rate: 1_000, holdMs: 300 });
    vi.advanceTimersByTime(299);
    expect([orders.length, draining.status()?.held]).toEqual([0, true]);
    vi.advanceTimersByTime(41);
    expect(orders.length).toBeGreaterThan(10);
    draining.begin('deploy', { rate: 1_000, holdMs: 300 });
    const before = orders.length;
    vi.advanceTimersByTime(100);
    expect(orders).toHaveLength(before);
    draining.begin('deploy', { rate: 1_000, holdMs: 0 });
    vi.advanceTimersByTime(100);
    expect(orders).toHaveLength(100);
    draining.cancel();
  });

  it('counts the clients that it moves, not what the stack itself has connected', () => {
    const { connections, orders, add } = setUp(3);
    const own = { ...add(), id: connectionNumber(99), isCounted: false };
    connections.add(own);
    const draining = new Draining(connections, options);
    draining.begin('deploy', { rate: 1_000, holdMs: 0 });
    vi.advanceTimersByTime(100);
    expect(orders).toHaveLength(5);
    connections.remove(own);
    expect(draining.status()).toMatchObject({ total: 4, moved: 0, remaining: 4 });
    draining.cancel();
  });

  it('a stop tells everybody in time for its end, whatever the rate, and can not be cancelled', async () => {
    const { connections, told, all } = setUp(400);
    const draining = new Draining(connections, options);
    draining.begin('deploy');
    const finished = draining.finish();
    draining.cancel();
    expect(draining.isDraining).toBe(true);
    await vi.advanceTimersByTimeAsync(4_000 - 500 - 1_500);
    expect(new Set(told).size).toBe(400);
    // The drain that it took over tells nobody a second time.
    await vi.advanceTimersByTimeAsync(500);
    expect(told).toHaveLength(400);
    for (const connection of all) connections.remove(connection);
    await vi.advanceTimersByTimeAsync(100);
    expect(await finished).toBe(true);
  });
});
