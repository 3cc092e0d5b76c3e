import { afterEach, describe, expect, it, vi } from 'vitest';
import { channelNamed } from '../broker/testing/world.js';
import { Busiest, BUSIEST_WINDOW_MS, LASTING_WINDOWS } from './busiest.js';
import { publication, RecordingSubscriber, ROOM, setUp, slice, turn } from './testing/world.js';

const channel = (name: string, publications: number, characters = publications) => ({
  channel: channelNamed(name),
  traffic: { publications, characters },
});

/** Windows one after the other, each with what it brings. */
const seen = (...windows: readonly (readonly ReturnType<typeof channel>[])[]): Busiest => {
  const busiest = new Busiest(0);
  for (const [index, channels] of windows.entries()) busiest.turn(channels, (index + 1) * BUSIEST_WINDOW_MS);
  return busiest;
};

describe('Busiest', () => {
  it('gives the channel with the most publications, and the most bytes of any', () => {
    const channels = () => [channel('small', 20, 40), channel('large', 10, 90_000)];
    const last = channels();
    const busiest = seen(channels(), channels(), last);
    expect(busiest.peak([])).toEqual({ name: 'small', per_second: 4, bytes_per_second: 18_000 });
    expect(last.map(({ traffic }) => traffic.publications)).toEqual([0, 0]);
  });

  it('takes no burst for a rate, also one that falls into two windows, or comes as the only thing there is', () => {
    const quiet = () => [channel('room', 5)];
    expect(seen(quiet(), [channel('room', 9_000)], [channel('room', 9_000)], quiet()).peak([]).per_second).toBe(1);
    expect(seen([], [channel('room', 9_000)], []).peak([]).name).toBeNull();
    expect(seen([channel('room', 9_000)]).peak([channel('room', 9_000)]).name).toBeNull();
  });

  it('counts what lasts by the lowest of its windows, and not another channel each time', () => {
    expect(seen([channel('room', 50)], [channel('room', 30)], [channel('room', 40)]).peak([]).per_second).toBe(6);
    expect(seen([channel('a', 50)], [channel('b', 50)], [channel('a', 50)]).peak([]).name).toBeNull();
  });

  it('counts the open window as a full one, and a late one as long as it took', () => {
    const open = seen([channel('now', 50)], [channel('now', 50)]);
    expect(open.peak([channel('now', 5)]).per_second).toBe(1);
    open.turn([channel('now', 40)], 4 * BUSIEST_WINDOW_MS);
    expect(open.peak([])).toMatchObject({ name: 'now', per_second: 4 });
  });

  it('forgets after five minutes', () => {
    const then = [channel('then', 10)];
    const busiest = seen(then, [channel('then', 10)], [channel('then', 10)]);
    const last = LASTING_WINDOWS + 59;
    for (let window = LASTING_WINDOWS + 1; window <= last; window += 1) busiest.turn([], window * BUSIEST_WINDOW_MS);
    expect(busiest.peak([]).name).toBe('then');
    busiest.turn([], (last + 1) * BUSIEST_WINDOW_MS);
    expect(busiest.peak([])).toEqual({ name: null, per_second: 0, bytes_per_second: 0 });
  });
});

describe('Hub.busiestChannel', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('counts what pub/sub brings, and not what a gap is filled with', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const { log, subscriber, hub } = setUp();
    hub.start();
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.publication(ROOM, publication(1));
    hub.publication(ROOM, publication(9));
    log.reads[0]?.answer(slice([2, 3, 4, 5, 6, 7, 8, 9]));
    await turn();
    expect(subscriber.seen.at(-1)).toBe('e1:9');
    for (const offsets of [
      [10, 11, 12],
      [13, 14, 15],
    ]) {
      vi.advanceTimersByTime(BUSIEST_WINDOW_MS);
      for (const offset of offsets) hub.publication(ROOM, publication(offset));
    }
    expect(hub.busiestChannel()).toMatchObject({ name: ROOM, per_second: 0.2 });
    hub.stop();
  });

  it('leaves out channels to which nobody comes back with a place', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const { hub } = setUp({ recovers: () => false });
    hub.start();
    await hub.subscribe(ROOM, new RecordingSubscriber(), undefined);
    for (const n of [1, 2, 3]) {
      hub.publication(ROOM, publication(n));
      vi.advanceTimersByTime(BUSIEST_WINDOW_MS);
    }
    expect(hub.busiestChannel().name).toBeNull();
    hub.stop();
  });
});
