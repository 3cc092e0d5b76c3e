import { expect, test } from 'vitest';
import type { LedgerResult } from './probes.js';
import { ledgerFileName, ledgerJson, ledgerLines } from './report.js';

const result: LedgerResult = {
  clean: true,
  verdict: {
    acked: 1_234,
    delivered: 61_700,
    lost: 0,
    duplicated: 0,
    outOfOrder: 0,
    refused: 0,
    told: 0,
    neverJoined: 0,
    deliveryMs: { p50: 2.4, p99: 17.2, max: 1_400 },
    examples: [],
  },
  figures: {
    published: 1_234,
    refused: 0,
    handshakesRefused: 0,
    resumeFailures: 0,
    resets: 0,
    unexpectedCloses: 0,
    deliveryP99Ms: 17,
    away: 0,
  },
  unanswered: 0,
  startedAt: '2026-11-24T21:00:00.000Z',
  endedAt: '2026-11-24T21:00:20.500Z',
  probes: { subscribers: 50, publishers: 10, channels: 5, ratePerPublisher: 10 },
};

test('a clean ledger: one row of figures, and what they mean', () => {
  expect(ledgerLines(result)).toEqual([
    'published  acked  delivered  lost  duplicated  out of order  refused  told     p50    p99       max',
    '    1,234  1,234     61,700     0           0             0        0     0  2.4 ms  17 ms  1,400 ms',
    "Every acked publication arrived at every one of its channel's 10 probes, once and in order.",
  ]);
});

test('one with faults: the examples, and no word of praise', () => {
  const verdict = { ...result.verdict, lost: 1, examples: ['probe 7 on ledger:3 never got offset 41'] };
  const lines = ledgerLines({ ...result, clean: false, verdict, unanswered: 2 });
  expect(lines.slice(2)).toEqual(['Not clean: 1 lost, 2 never answered.', 'probe 7 on ledger:3 never got offset 41']);
});

test('the file is named by time and release, and holds everything', () => {
  expect(ledgerFileName(result, '20261124T2059-abc')).toBe('20261124T210020Z-20261124T2059-abc.json');
  expect(JSON.parse(ledgerJson(result, 'r1'))).toEqual({ release: 'r1', ...result });
});
