import { expect, it } from 'vitest';
import { substanceOf } from './substance.js';

const ofPanel = (expr: string): string | undefined => substanceOf({ source: 'prometheus', place: 'panel "A"', expr });
const ofMark = (expr: string): string | undefined =>
  substanceOf({ source: 'prometheus', place: 'annotation "A"', expr });

it('behind a zero for a fresh stack there must be a series', () => {
  expect(ofPanel('sum(rate(a[4s])) or on () vector(0)')).toBe('sum(rate(a[4s]))');
  expect(
    substanceOf({ source: 'loki', place: 'panel "A"', expr: 'sum(count_over_time({a="b"} [1m])) or vector(0)' }),
  ).toBe('sum(count_over_time({a="b"} [1m]))');
});

it('marks must mark something', () => {
  expect(ofMark('sum by (verb) (changes(a{outcome="done"}[1m])) > bool 0')).toBe(
    '(sum by (verb) (changes(a{outcome="done"}[1m])) > bool 0) > 0',
  );
});

it('an answer that says it itself is asked for once', () => {
  expect(ofPanel('sum(a) by (color)')).toBeUndefined();
  expect(substanceOf({ source: 'loki', place: 'annotation "A"', expr: '{a="b"}' })).toBeUndefined();
});

it('alerts, errors in the log and deploys that were not done may be absent', () => {
  expect(ofPanel('count(ALERTS{alertstate="firing"}) or on () vector(0)')).toBeUndefined();
  expect(ofPanel('sum(count_over_time({a="b"} | level=~"ERROR|FATAL" | json [1h])) or vector(0)')).toBeUndefined();
  expect(ofMark('sum(changes(a{outcome="failed"}[1m])) > bool 0')).toBeUndefined();
});
