import { expect, test } from 'vitest';
import { describeSummary } from './describe-summary.js';
import { History } from './history.js';
import type { Sample } from './sample.js';
import { Tally } from './tally.js';
import { BEGIN, sampleAt, worker } from './testing/samples.js';

const iso = (seconds: number): string => new Date(BEGIN + seconds * 1_000).toISOString();
const metrics = (accepted: number): string =>
  [
    `websocket_messages_total ${accepted}`,
    `websocket_errors_total{type="invalid_frame"} ${accepted / 10}`,
    `websocket_publish_ack_seconds_bucket{le="0.001"} ${accepted / 2}`,
    `websocket_publish_ack_seconds_bucket{le="+Inf"} ${accepted / 2}`,
  ].join('\n');

const tallyOf = (...samples: readonly Sample[]) => {
  const history = new History(1_000);
  const tally = new Tally();
  for (const sample of samples) tally.add(sample, history.add(sample, []));
  const summary = tally.summary();
  if (summary === undefined) throw new Error('no summary');
  return summary;
};

test('a summary adds up what was seen, over times without metrics', () => {
  const summary = tallyOf(
    sampleAt(0, { uses: [[1, 'blue', 0, 50]] }),
    sampleAt(2, { metrics: metrics(100), uses: [[1, 'blue', 1, 90]] }),
    sampleAt(4, { metrics: metrics(300), uses: [[1, 'blue', 1.2, 70]], blue: [worker('blue-1', { connections: 7 })] }),
    sampleAt(10, { uses: [[1, 'blue', 2, 60]] }),
  );
  expect(summary).toMatchObject({
    seconds: 10,
    connections: { least: 7, most: 200 },
    messages: 200,
    per_second: { average: 20, most: 100 },
    refused: { invalid_frame: 20 },
    latency_ms: { publish_ack: { p50: 0.5, p99: 0.99 }, delivery: null },
    cpu_percent: { average: 20, most: 50 },
    memory_bytes: { most: 90 * 1_048_576, last: 60 * 1_048_576 },
    deploys: [],
  });
  const text = describeSummary(summary).join('\n');
  expect(text).toContain('connections   7 to 200');
  expect(text).toContain('messages      200 accepted, 20.0/s, at most 100/s');
  expect(text).toContain('refused       invalid_frame 20');
  expect(text).toContain('publish→ack   ms: p50 0.5');
});

test('what nobody told is not known, which is not nothing', () => {
  const summary = tallyOf(sampleAt(0), sampleAt(10));
  expect(summary).toMatchObject({ messages: null, per_second: null, refused: null });
  const text = describeSummary(summary).join('\n');
  expect(text).toContain('messages      not known');
  expect(text).toContain('refused       not known');
});

test('what was refused while Redis was away is told by the workers', () => {
  const own = (failed: number) => ({
    'blue-1': [`websocket_messages_total 7\nwebsocket_errors_total{type="unavailable"} ${failed}`, -60] as const,
  });
  const summary = tallyOf(
    sampleAt(0, { metrics: metrics(100), own: own(0) }),
    sampleAt(10, { own: own(250) }),
    sampleAt(20, { own: own(608) }),
  );
  expect(summary).toMatchObject({ messages: 0, refused: { unavailable: 608 } });
});

test('without a look there is none', () => {
  expect(new Tally().summary()).toBeUndefined();
});

test('deploys that were seen are told with what became of them', () => {
  const promote = (pid: number, since: number) => ({ verb: 'promote', pid, since: iso(since), step: null });
  const done = [{ at: iso(6), reason: 'deploy' as const, color: 'green' as const, release: 'r2' }];
  const { deploys } = tallyOf(
    sampleAt(0),
    sampleAt(1, { work: promote(1, 1) }),
    sampleAt(2, { work: promote(1, 1) }),
    sampleAt(3),
    sampleAt(4, { work: promote(2, 4) }),
    sampleAt(7, { active: 'green', deploys: done }),
    sampleAt(8, { active: 'green', deploys: done, work: { ...promote(3, 8), verb: 'rollback' } }),
  );
  expect(deploys).toEqual([
    { verb: 'promote', since: iso(1), outcome: 'not done', active: 'blue' },
    { verb: 'promote', since: iso(4), outcome: 'done', active: 'green' },
    { verb: 'rollback', since: iso(8), outcome: 'at work', active: 'green' },
  ]);
});

test('two deploys with no look between them are two', () => {
  const work = (pid: number) => ({ verb: 'promote', pid, since: iso(pid), step: null });
  expect(tallyOf(sampleAt(1, { work: work(1) }), sampleAt(2, { work: work(2) })).deploys).toHaveLength(2);
});
