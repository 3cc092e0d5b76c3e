import { expect, test } from 'vitest';
import { Exposition } from './exposition.js';
import { Growth, growthBetween, Watch } from './growth.js';
import type { Sample } from './sample.js';
import { sampleAt } from './testing/samples.js';

const NAME = 'websocket_messages_total';
const total = (count: number): string => `${NAME} ${count}`;
const between = (before: Sample, now: Sample): number | undefined => growthBetween(before, now)?.total(NAME);
const watched = (...samples: readonly Sample[]): number | undefined => {
  const watch = new Watch();
  for (const sample of samples) watch.add(sample);
  return watch.growth()?.total(NAME);
};

test('between two looks by the totals of the cluster, and where one has none, by what workers count themselves', () => {
  const own = (blue1: number, blue2: number) => ({
    'blue-1': [total(blue1), -60] as const,
    'blue-2': [total(blue2), -60] as const,
  });
  const before = sampleAt(0, { metrics: total(900), own: own(100, 200) });
  expect(between(before, sampleAt(1, { metrics: total(950), own: own(120, 230) }))).toBe(50);
  expect(between(before, sampleAt(1, { own: own(103, 204) }))).toBe(7);
  expect(between(sampleAt(0, { own: own(100, 200) }), sampleAt(1, { metrics: total(9), own: own(103, 204) }))).toBe(7);
  expect(between(before, sampleAt(1))).toBeUndefined();
  expect(between(sampleAt(0), sampleAt(1, { own: own(103, 204) }))).toBeUndefined();
});

test('all that a worker has which began in between is new; one that had only not answered is not known', () => {
  const away = sampleAt(10, { own: { 'blue-1': [total(100), -60] } });
  const again = sampleAt(20, { own: { 'blue-1': [total(8), 15], 'blue-2': [total(500), -60] } });
  expect(between(away, again)).toBe(8);
});

test('while Redis is away what workers count goes on from the last totals; those that come back hold it too', () => {
  const looks = [
    sampleAt(0, { own: { 'blue-1': [total(10), -60] } }),
    sampleAt(1, { metrics: total(1_000), own: { 'blue-1': [total(12), -60] } }),
    sampleAt(2, { metrics: total(1_005), own: { 'blue-1': [total(14), -60] } }),
    sampleAt(3),
    sampleAt(4, { own: { 'blue-1': [total(34), -60] } }),
  ];
  expect(watched(...looks)).toBe(2 + 5 + 20);
  expect(watched(...looks, sampleAt(5, { metrics: total(1_030), own: { 'blue-1': [total(36), -60] } }))).toBe(2 + 30);
  expect(watched(sampleAt(0), sampleAt(1))).toBeUndefined();
});

test('totals of which one fell were begun anew: what they have is new', () => {
  const of = (a: number, b: number) => new Exposition(`e{type="a"} ${a}\ne{type="b"} ${b}`);
  const grown = (now: Exposition) => Object.fromEntries(new Growth([{ now, before: of(5, 5) }]).by('e', 'type'));
  expect(grown(of(5, 9))).toEqual({ a: 0, b: 4 });
  expect(grown(of(3, 9))).toEqual({ a: 3, b: 9 });
});
