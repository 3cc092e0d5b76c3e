import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PresenceChangeFrame } from '../../protocol/frames.js';
import type { ClientId } from '../../protocol/ids.js';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { ROOM, channelNamed, clientNamed } from '../broker/testing/world.js';
import { MAX_TOLD, PresenceWatch, WINDOW_MS } from './presence-watch.js';

const many = Array.from({ length: 1_000 }, (_, n) => clientNamed(`c${n}`));

/** A connection that keeps what it is told, by the write that brought it. */
class Watcher {
  readonly writes: (readonly string[])[] = [];

  deliverAll(texts: readonly string[]): void {
    this.writes.push(texts);
  }

  get told(): readonly string[] {
    return this.writes.flat().map((text) => {
      const { change, client_id: name, joined, left } = JSON.parse(text) as PresenceChangeFrame;
      return [change, name, joined, left].filter((word) => word !== undefined).join(' ');
    });
  }
}

const watched = () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { presence: store } = createMemoryCluster().broker('w1');
  const watch = new PresenceWatch(store);
  const change = (word: 'join' | 'leave', clientId: ClientId, channel = ROOM): void =>
    watch.changed(channel, { change: word, clientId, timeMs: 0, info: undefined });
  return { watch, store, change };
};

describe('who watches who comes and leaves', () => {
  it('[presence-4] is told what happens at once in one write, encoded once for all, and nothing from before it came', async () => {
    const { watch, change } = watched();
    const [one, two, late] = [new Watcher(), new Watcher(), new Watcher()];
    await watch.add(ROOM, one);
    await watch.add(ROOM, two);
    change('join', clientNamed('ann'));
    change('leave', clientNamed('bob'));
    change('join', clientNamed('cid'), channelNamed('other'));
    await watch.add(ROOM, late);
    change('join', clientNamed('eve'));
    await vi.advanceTimersByTimeAsync(0);
    expect(one.told).toEqual(['join ann', 'leave bob', 'join eve']);
    expect(one.writes).toHaveLength(2);
    expect(two.writes[0]).toBe(one.writes[0]);
    expect(late.told).toEqual(['join eve']);
    watch.remove(ROOM, one);
    change('leave', clientNamed('eve'));
    await vi.advanceTimersByTimeAsync(0);
    expect([one.told.length, late.told]).toEqual([3, ['join eve', 'leave eve']]);
  });

  it('[presence-6] is told a hundred changes in a second, and of the others how many they are', async () => {
    const { watch, change } = watched();
    const watcher = new Watcher();
    await watch.add(ROOM, watcher);
    for (const name of many) change('join', name);
    for (const name of many.slice(0, 10)) change('leave', name);
    await vi.advanceTimersByTimeAsync(WINDOW_MS - 1);
    expect(watcher.told).toEqual(many.slice(0, MAX_TOLD).map((name) => `join ${name}`));
    await vi.advanceTimersByTimeAsync(2);
    expect(watcher.told.slice(MAX_TOLD)).toEqual(['reset 900 10']);
    change('leave', clientNamed('ann'));
    await vi.advanceTimersByTimeAsync(2 * WINDOW_MS);
    expect(watcher.told.slice(MAX_TOLD + 1)).toEqual(['leave ann']);
  });

  it('[presence-4] [silent-1] is told that some may have been missed, also where no more changes are told', async () => {
    const { watch, change } = watched();
    const watcher = new Watcher();
    await watch.add(ROOM, watcher);
    for (const name of many.slice(0, MAX_TOLD)) change('join', name);
    watch.resumed();
    await vi.advanceTimersByTimeAsync(0);
    expect(watcher.told.at(-1)).toBe('reset');
    await vi.advanceTimersByTimeAsync(WINDOW_MS);
    expect(watcher.told).toHaveLength(MAX_TOLD + 1);
  });

  it('leaves no timer behind, when the last one goes or the worker stops', async () => {
    const { watch, store, change } = watched();
    const unwatch = vi.spyOn(store, 'unwatch');
    const watcher = new Watcher();
    for (const end of [() => watch.remove(ROOM, watcher), () => watch.stop()]) {
      await watch.add(ROOM, watcher);
      change('join', clientNamed('ann'));
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(1);
      end();
      expect(vi.getTimerCount()).toBe(0);
    }
    expect(unwatch).toHaveBeenCalledTimes(1);
  });
});
