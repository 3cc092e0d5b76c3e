import { describe, expect, test } from 'vitest';
import type { CrowdResult, KindResult, WindowResult } from '../../ledger/crowd/messages.js';
import { doneDeploy } from '../testing/done-deploy.js';
import type { DeployResult } from '../verbs/promote.js';
import { proofLines, proofOf, shortcomings, type Proof } from './proof.js';

const NEVER = { count: 0, p50: 0, p99: 0, max: 0 };
const kind = (changed: Partial<KindResult> = {}): KindResult => ({
  clients: 500,
  delivered: 60_000,
  lost: 0,
  duplicated: 0,
  outOfOrder: 0,
  refused: 0,
  told: 0,
  neverJoined: 0,
  resumeFailures: 0,
  unexpectedCloses: 0,
  lateMoves: 0,
  awayCount: 0,
  away: NEVER,
  examples: [],
  first: {},
  ...changed,
});
const done: DeployResult = { outcome: 'done', active: 'green', deploys: [] };
const deployed = doneDeploy(1_000, { step: 'move', seconds: 2.5 });
const failed: DeployResult = { outcome: 'failed', active: 'blue', deploys: [] };

const window = (phase: WindowResult['phase'], name: string, changed: Partial<WindowResult> = {}): WindowResult => ({
  phase,
  name,
  fromMs: 0,
  toMs: 1,
  library: { count: 10, p50: 3.4, p99: 20, max: 30 },
  plain: NEVER,
  away: { library: NEVER, plain: { count: 500, p50: 41.2, p99: 253, max: 260 }, publishers: NEVER },
  ...changed,
});
const SLOW = { count: 10, p50: 50, p99: 70.1, max: 90 };

const proofWith = (result: Partial<CrowdResult> = {}, more: Partial<Proof> = {}): Proof =>
  proofOf({
    strict: false,
    at: '2026-11-24T22:00:00.000Z',
    crowd: { url: 'ws://127.0.0.1:80', library: 500, plain: 500, publishers: 5, channels: 20, rate: 200 },
    promote: done,
    rollback: done,
    result: {
      published: 2_400,
      acked: 2_400,
      unanswered: 0,
      library: kind(),
      plain: kind({ awayCount: 1_000, away: { count: 1_000, p50: 41.2, p99: 253, max: 260 } }),
      publishers: kind({ clients: 5, delivered: 0 }),
      windows: [window('steady', 'steady'), window('deploy', 'promote'), window('move', 'its move')],
      troubles: [],
      load: { cpuShare: 0.27, loopP99Ms: 4, loopMaxMs: 30 },
      ...result,
    },
    ...more,
  });

describe('what must be zero', () => {
  test('nothing falls short where plain clients were away for a moment, and a move was late', () => {
    expect(shortcomings(proofWith({ library: kind({ lateMoves: 3 }) }))).toEqual([]);
  });

  test.each<[Partial<CrowdResult>, string]>([
    [{ library: kind({ lost: 2 }), plain: kind({ lost: 1 }) }, '3 lost'],
    [{ plain: kind({ duplicated: 1 }) }, '1 duplicated'],
    [{ plain: kind({ outOfOrder: 1 }) }, '1 out of order'],
    [{ publishers: kind({ refused: 1_200 }) }, '1,200 refused'],
    [{ library: kind({ told: 1 }) }, '1 told that the order broke'],
    [{ library: kind({ neverJoined: 1 }) }, '1 clients that were never subscribed'],
    [{ acked: 0 }, 'nothing was acked'],
    [{ plain: kind({ resumeFailures: 1 }) }, '1 sessions not resumed'],
    [{ plain: kind({ unexpectedCloses: 1 }) }, '1 connections closed without need'],
    [{ library: kind({ awayCount: 1 }) }, '1 clients of the library away'],
    [{ publishers: kind({ awayCount: 1 }) }, '1 clients of the library away'],
    [{ unanswered: 1 }, '1 publishes never answered'],
  ])('%j', (result, words) => {
    expect(shortcomings(proofWith(result))).toEqual([words]);
  });

  test('a deploy that was not done, or not begun', () => {
    expect(shortcomings(proofWith({}, { rollback: failed }))).toEqual(['the rollback was not done']);
    expect(shortcomings(proofWith({}, { promote: failed, rollback: undefined }))).toEqual(['the promote was not done']);
  });
});

describe('for a terminal', () => {
  test('a proof: two tables and a verdict', () => {
    expect(proofLines(proofWith())).toEqual([
      '            clients  delivered  lost  duplicated  out of order  refused  told  late   away  away p50     p99     max',
      'library         500     60,000     0           0             0        0     0     0      0         –       –       –',
      'plain           500     60,000     0           0             0        0     0     0  1,000     41 ms  253 ms  260 ms',
      'publishers        5          0     0           0             0        0     0     0      0         –       –       –',
      '',
      'delivery    count  library p50    p99    max  plain p50  p99  max',
      'steady         10       3.4 ms  20 ms  30 ms          –    –    –',
      'promote        10       3.4 ms  20 ms  30 ms          –    –    –',
      '  its move     10       3.4 ms  20 ms  30 ms          –    –    –',
      '',
      'bound                            measured   at most',
      'promote: library clients away           0         0  kept',
      'promote: library delivery p99     20.0 ms   70.0 ms  kept',
      'promote: plain clients away p99  253.0 ms  500.0 ms  kept',
      '',
      '2,400 of 2,400 publications acked. The load process took',
      '27 % of a core and was late by 4 ms (p99), 30 ms at most.',
      'Proven: every acked publication arrived once and in order at every client of its',
      'channel (1,000 in all), none was refused, no client of the library was ever away.',
      'Every time bound was kept.',
    ]);
  });

  test('how long each move took, and how fast it was, also for who reads the JSON', () => {
    const proof = proofWith({}, { promote: deployed });
    expect(proof.moves).toEqual([{ move: 'promote', connections: 1_000, seconds: 2.5, perSecond: 400 }]);
    const lines = proofLines(proof);
    expect(lines[lines.indexOf('promote: 1,000 connections moved in 2.5 s (400/s)') + 1]).toBe(
      '2,400 of 2,400 publications acked. The load process took',
    );
  });

  test('no proof: examples, and what it was', () => {
    const lines = proofLines(proofWith({ plain: kind({ lost: 1, examples: ['plain 3 on ledger:1 never got …'] }) }));
    expect(lines.slice(-2)).toEqual(['  plain 3 on ledger:1 never got …', 'Not proven: 1 lost.']);
  });

  const late = {
    windows: [window('steady', 'steady'), window('deploy', 'promote'), window('move', 'its move', { library: SLOW })],
  };

  test('a time bound that was missed is named at the end, and the run is proven all the same', () => {
    const proof = proofWith(late);
    const lines = proofLines(proof);
    expect(proof.proven).toBe(true);
    expect(lines).toContain('promote: library delivery p99     70.1 ms   70.0 ms  missed');
    expect(lines.slice(-2)).toEqual([
      'Time bounds that were not kept (STRICT=1 fails on them):',
      '  promote: library delivery p99 70.1 ms, at most 70.0 ms',
    ]);
  });

  test('STRICT=1: it is no proof', () => {
    const proof = proofWith(late, { strict: true });
    expect(proof.proven).toBe(false);
    expect(proofLines(proof).at(-1)).toBe('Not proven: promote: library delivery p99 70.1 ms, at most 70.0 ms.');
    expect(proofWith({}, { strict: true }).proven).toBe(true);
  });
});
