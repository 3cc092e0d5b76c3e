import { describe, expect, it } from 'vitest';
import type { DashboardFile } from './dashboard-file.js';
import { filledIn, questionsOf } from './questions.js';

const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' } as const;
const LOKI = { type: 'loki', uid: 'loki' } as const;
const variables = [
  { name: 'color', type: 'query', allValue: '.*', datasource: PROMETHEUS, query: { query: 'label_values(up, color)' } },
  { name: 'service', type: 'query', allValue: '.+', datasource: LOKI, query: { label: 'service' } },
  { name: 'event', type: 'textbox', query: '' },
] satisfies DashboardFile['templating']['list'];
const view = { range: 900, step: 15, scrape: 5 };

describe('a query as Grafana sends it', () => {
  it('has every variable at "All", text boxes empty, and the intervals of the view', () => {
    expect(filledIn('{service=~"$service",color=~"$color"} | event=~"$event.*"', variables, view)).toBe(
      '{service=~".+",color=~".*"} | event=~".*"',
    );
    expect(filledIn('rate(a[$__rate_interval]) + b[$__range] + c[$__interval] + d[$__auto]', [], view)).toBe(
      'rate(a[20s]) + b[900s] + c[15s] + d[15s]',
    );
  });

  it('takes a rate over at least four scrapes', () => {
    expect(filledIn('$__rate_interval', [], { range: 900, step: 1, scrape: 15 })).toBe('60s');
  });

  it('is refused when it uses a variable that the dashboard does not have', () => {
    expect(() => filledIn('up{color="$colour"}', variables, view)).toThrow('no variable $colour');
  });
});

it('what a dashboard asks is what its panels, its annotations and its variables ask', () => {
  const questions = questionsOf({
    uid: 'one',
    title: 'One',
    panels: [
      {
        id: 1,
        type: 'stat',
        title: 'Up',
        gridPos: { x: 0, y: 0, w: 4, h: 4 },
        targets: [
          { refId: 'A', datasource: PROMETHEUS, expr: 'up', instant: true },
          { refId: 'B', datasource: LOKI, expr: '{a="b"}' },
        ],
      },
    ],
    annotations: {
      list: [{ name: 'Deploys', datasource: PROMETHEUS, target: { refId: 'Anno', expr: 'changes(x[1m])' } }],
    },
    templating: { list: variables },
  });
  expect(questions.map(({ place, source, over, expr }) => [place, source, over, expr])).toEqual([
    ['panel "Up", query A', 'prometheus', 'end', 'up'],
    ['panel "Up", query B', 'loki', 'time', '{a="b"}'],
    ['annotation "Deploys"', 'prometheus', 'time', 'changes(x[1m])'],
    ['variable "color"', 'prometheus', 'labels', 'label_values(up, color)'],
    ['variable "service"', 'loki', 'labels', 'service'],
  ]);
});
