import { expect, test } from 'vitest';
import type { LedgerResult } from '../../ledger/probes.js';
import type { Summary } from '../deploy/deploy.js';
import { deployWords } from './promote.js';

const ledgerWith = (clean: boolean): LedgerResult => ({
  clean,
  verdict: {
    acked: 10,
    delivered: 10,
    lost: clean ? 0 : 1,
    duplicated: 0,
    outOfOrder: 0,
    refused: 0,
    told: 0,
    neverJoined: 0,
    deliveryMs: { p50: 1, p99: 2, max: 3 },
    examples: [],
    first: {},
  },
  figures: {
    published: 10,
    refused: 0,
    handshakesRefused: 0,
    resumeFailures: 0,
    resets: 0,
    unexpectedCloses: 0,
    deliveryP99Ms: 1,
    away: 0,
  },
  unanswered: 0,
  load: { cpuShare: 0, loopP99Ms: 0, loopMaxMs: 0 },
  startedAt: '2026-11-24T21:00:00.000Z',
  endedAt: '2026-11-24T21:00:20.500Z',
  probes: { subscribers: 1, moved: 0, publishers: 1, channels: 1, ratePerPublisher: 1 },
});
const BASE = {
  reason: 'deploy',
  from: 'blue',
  to: 'green',
  release: 'r1',
  steps: [],
  moved: 1,
  shortfalls: [],
} as const;
const failed = { outcome: 'failed', failed: 'bake', log: [], undone: true, troubles: [] } as const;
const FILE = '/run/ledger/1.json';
const CLEAN = 'Every probe got every acked publication of its channel, once and in order.';

test.each<[string, Summary, readonly string[]]>([
  ['done: the ledger', { ...BASE, outcome: 'done', ledger: ledgerWith(true) }, [CLEAN, `  ${FILE}`]],
  [
    'failed for another reason: that reason',
    { ...BASE, ...failed, cause: 'green lags', ledger: ledgerWith(true) },
    ['Failed in "bake": green lags', 'Everything was undone: blue is active as before.'],
  ],
  [
    'failed by the ledger: the ledger',
    { ...BASE, ...failed, cause: 'the ledger is not clean', ledger: ledgerWith(false) },
    ['Not clean: 1 lost. All of it:', `  ${FILE}`],
  ],
  [
    'without a ledger: what it came to',
    { ...BASE, ...failed, cause: 'green lags', ledger: undefined },
    ['Failed in "bake": green lags', 'Everything was undone: blue is active as before.'],
  ],
])('what stands last of a deploy, %s', (_, summary, last) => {
  expect(deployWords(summary, FILE).split('\n').slice(-2)).toEqual(last);
});
