import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { hasHeard, Listener } from './testing/listener.js';
import { Stage } from './testing/stage.js';

type Weather = 'cut' | 'silence' | 'nobody' | 'move';
const WEATHER: readonly Weather[] = ['cut', 'silence', 'nobody', 'move', 'move'];
const COLORS = ['blue', 'green'] as const;

/** New connections lead to one color from now on; what happens to those that are open is left to chance. */
const change = async (stage: Stage): Promise<Weather> => {
  const weather = WEATHER[Math.floor(Math.random() * WEATHER.length)] ?? 'cut';
  const [here, there] = Math.random() < 0.5 ? COLORS : COLORS.toReversed();
  await delay(Math.random() * 150);
  if (weather === 'cut') stage.network.cut();
  if (weather === 'silence') stage.network.swallowReplies();
  if (weather === 'nobody') {
    stage.lead('nobody');
    await delay(Math.random() * 100);
  }
  if (there !== undefined) stage.lead(there);
  if (weather === 'move' && here !== undefined) {
    stage[here].app.draining.begin('deploy');
    await delay(Math.random() * 300);
    stage[here].app.draining.cancel();
  }
  return weather;
};

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
const inOrder = (offsets: readonly number[]): number[] => offsets.toSorted((a, b) => a - b);

it.each(['memory', 'Redis'] as const)(
  '[order-1] [order-4] [once-1] [acked-1] over %s, in any weather: no gap, no repeat, every publish kept once and in order',
  async (over) => {
    const stage = await Stage.start(over, { WEBSOCKET_HEARTBEAT_INTERVAL: '0.2', HEARTBEAT_TIMEOUT: '30' });
    const listeners = Array.from({ length: 5 }, () => new Listener(stage.client(), 'room'));
    await Promise.all(listeners.map(({ ready }) => ready));
    const storm = new AbortController();
    const publishing = listeners.slice(0, 3).map(async ({ client }) => {
      const acked: number[] = [];
      for (let n = 1; !storm.signal.aborted; n += 1) {
        // Several at once, so that some are under way whatever happens; and no more than the log keeps for who is away.
        const acks = await Promise.all(Array.from({ length: 3 }, (_, part) => client.publish('room', [n, part])));
        acked.push(...acks.map(({ offset }) => offset));
        await delay(10);
      }
      expect(acked).toEqual(inOrder(acked));
      return acked;
    });

    const happened: Weather[] = [];
    while (happened.length < 20) happened.push(await change(stage));
    storm.abort();
    const acked = (await Promise.all(publishing)).flat();
    expect(inOrder(acked), happened.join(', ')).toEqual(upTo(acked.length));
    for (const listener of listeners) {
      await hasHeard(listener, 1, acked.length);
      expect(listener.told, happened.join(', ')).not.toContain('reset room');
    }
  },
);
