import { describe, expect, it } from 'vitest';
import { channelNamed } from '../broker/testing/world.js';
import { Busiest, BUSIEST_WINDOW_MS } from './busiest.js';
import { publication, RecordingSubscriber, ROOM, setUp, slice, turn } from './testing/world.js';

const channel = (name: string, publications: number, characters = publications) => ({
  channel: channelNamed(name),
  traffic: { publications, characters },
});

describe('Busiest', () => {
  it('gives the channel with the most publications, and the most bytes of any', () => {
    const busiest = new Busiest(0);
    const channels = [channel('small', 20, 40), channel('large', 10, 90_000)];
    busiest.turn(channels, BUSIEST_WINDOW_MS);
    expect(busiest.peak([])).toEqual({ name: 'small', per_second: 2, bytes_per_second: 9_000 });
    expect(channels.map(({ traffic }) => traffic.publications)).toEqual([0, 0]);
  });

  it('counts the open window as a full one, and a late one as long as it took', () => {
    const busiest = new Busiest(0);
    expect(busiest.peak([channel('now', 10)]).per_second).toBe(1);
    busiest.turn([channel('late', 40)], 2 * BUSIEST_WINDOW_MS);
    expect(busiest.peak([channel('now', 10)])).toMatchObject({ name: 'late', per_second: 2 });
  });

  it('forgets after five minutes', () => {
    const busiest = new Busiest(0);
    busiest.turn([channel('then', 10)], BUSIEST_WINDOW_MS);
    for (let window = 2; window <= 30; window += 1) busiest.turn([], window * BUSIEST_WINDOW_MS);
    expect(busiest.peak([]).name).toBe('then');
    busiest.turn([], 31 * BUSIEST_WINDOW_MS);
    expect(busiest.peak([])).toEqual({ name: null, per_second: 0, bytes_per_second: 0 });
  });
});

describe('Hub.busiestChannel', () => {
  it('counts what pub/sub brings, and not what a gap is filled with', async () => {
    const { log, subscriber, hub } = setUp();
    await hub.subscribe(ROOM, subscriber, undefined);
    hub.publication(ROOM, publication(1));
    hub.publication(ROOM, publication(9));
    log.reads[0]?.answer(slice([2, 3, 4, 5, 6, 7, 8, 9]));
    await turn();
    expect(subscriber.seen.at(-1)).toBe('e1:9');
    expect(hub.busiestChannel()).toMatchObject({ name: ROOM, per_second: 0.1 });
  });

  it('leaves out channels to which nobody comes back with a place', async () => {
    const { hub } = setUp({ recovers: () => false });
    await hub.subscribe(ROOM, new RecordingSubscriber(), undefined);
    hub.publication(ROOM, publication(1));
    expect(hub.busiestChannel().name).toBeNull();
  });
});
