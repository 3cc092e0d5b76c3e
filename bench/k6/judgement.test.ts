import { expect, test } from 'vitest';
import type { Outcome } from '../../loadtest/runner/outcome.js';
import { judge, type Round } from './judgement.js';

const spread = (p95: number) => ({ p50: p95 / 2, p95, p99: p95, max: p95 });
const loaded = (p95: number, counts: Outcome['counts'] = {}) => ({
  outcome: {
    counts: { connections_opened: 10, ...counts },
    times: { ack_ms: spread(p95), delivery_ms: spread(p95), welcome_ms: spread(p95) },
    failures: [],
  },
  serverCpu: 2,
});
const round = (bare: number, ours: number, counts: Outcome['counts'] = {}): Round => ({
  bare: loaded(bare),
  ours: loaded(ours, counts),
});

test('a ratio is the median of those of the rounds: what slowed both in one falls out', () => {
  const { rows, failures } = judge([round(10, 12), round(100, 110), round(10, 11)]);
  expect(rows).toContainEqual({ row: 'p95 of acks', bare: 10, ours: 12, ratio: 1.1 });
  expect(rows).toContainEqual({ row: 'connections opened', bare: 10, ours: 10, ratio: undefined });
  expect(failures).toEqual([]);
});

test('what takes longer than it may, and what breaks a promise, is named', () => {
  const { failures } = judge([round(10, 13, { connections_failed: 2 })]);
  expect(failures).toEqual([
    'connections_failed: 2',
    'p95 of acks: 1.30 × uws-json, and 1.25 × is the target',
    'p95 of deliveries: 1.30 × uws-json, and 1.25 × is the target',
  ]);
});

test('what was not measured is no success', () => {
  const nothing = { outcome: { counts: {}, times: {}, failures: [] }, serverCpu: 0 };
  expect(judge([{ bare: nothing, ours: nothing }]).failures).toHaveLength(2);
});
