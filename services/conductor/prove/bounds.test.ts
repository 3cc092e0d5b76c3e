import { describe, expect, test } from 'vitest';
import type { WindowResult } from '../../ledger/crowd/messages.js';
import { boundsOf, unkeptTimes, type Bound } from './bounds.js';

const CROWD = { url: 'ws://127.0.0.1:80', library: 5, plain: 5, publishers: 1, channels: 1, rate: 10 };
const NEVER = { count: 0, p50: 0, p99: 0, max: 0 };
const p99 = (ms: number, count = 100) => ({ count, p50: 1, p99: ms, max: ms });
type Phase = WindowResult['phase'];
const window = (
  phase: Phase,
  name: string,
  library = p99(4),
  away: Partial<WindowResult['away']> = {},
): WindowResult => ({
  phase,
  name,
  fromMs: 0,
  toMs: 1,
  library,
  plain: NEVER,
  away: { library: NEVER, plain: NEVER, publishers: NEVER, ...away },
});
const moved = (steady: number, away: Partial<WindowResult['away']>, move: number) => [
  window('steady', 'steady', p99(steady)),
  window('deploy', 'promote', p99(1_000), away),
  window('move', 'its move', p99(move)),
];
const shown = (bounds: readonly Bound[]) =>
  bounds.map(({ move, of, measured, atMost, verdict }) => [`${move}: ${of}`, measured, atMost, verdict]);

describe('what users were promised of a move', () => {
  test('on the bound is kept', () => {
    expect(shown(boundsOf(moved(4.2, { plain: p99(500) }, 54.2), CROWD))).toEqual([
      ['promote: library clients away', 0, 0, 'kept'],
      ['promote: library delivery p99', 54.2, 54.2, 'kept'],
      ['promote: plain clients away p99', 500, 500, 'kept'],
    ]);
  });

  test('a tenth above it is missed', () => {
    const bounds = boundsOf(moved(4.2, { plain: p99(500.1), library: p99(3, 1), publishers: p99(3, 2) }, 54.3), CROWD);
    expect(shown(bounds)).toEqual([
      ['promote: library clients away', 3, 0, 'missed'],
      ['promote: library delivery p99', 54.3, 54.2, 'missed'],
      ['promote: plain clients away p99', 500.1, 500, 'missed'],
    ]);
    expect(unkeptTimes(bounds)).toEqual([
      'promote: library delivery p99 54.3 ms, at most 54.2 ms',
      'promote: plain clients away p99 500.1 ms, at most 500.0 ms',
    ]);
  });

  test('each move has the steady phase right before it to be measured by', () => {
    const rollback = [
      window('steady', 'steady', p99(40)),
      window('deploy', 'rollback', p99(1), { plain: p99(20) }),
      window('move', 'its move', p99(90)),
      window('steady', 'steady', p99(400)),
    ];
    const bounds = boundsOf([...moved(4, { plain: p99(20) }, 90), ...rollback], CROWD);
    expect(shown(bounds).filter(([words]) => String(words).includes('delivery'))).toEqual([
      ['promote: library delivery p99', 90, 54, 'missed'],
      ['rollback: library delivery p99', 90, 90, 'kept'],
    ]);
  });

  test.each([
    ['in the move', window('steady', 'steady'), p99(0, 0)],
    ['in the steady phase', window('steady', 'steady', p99(0, 0)), p99(4)],
  ])('without one figure %s nothing was measured, and nothing kept', (_, steady, move) => {
    const bounds = boundsOf([steady, window('deploy', 'promote'), window('move', 'its move', move)], CROWD);
    expect(bounds.map(({ verdict }) => verdict)).toEqual(['kept', 'not measured', 'not measured']);
    expect(unkeptTimes(bounds)[0]).toContain('promote: library delivery p99 not measured, at most ');
  });

  test('nobody asks what clients that there are not have met, and a deploy without a move has no bounds', () => {
    expect(boundsOf(moved(4, {}, 4), { ...CROWD, plain: 0 })).toHaveLength(2);
    expect(boundsOf(moved(4, { plain: p99(1) }, 4), { ...CROWD, library: 0 })).toHaveLength(2);
    expect(boundsOf([window('steady', 'steady'), window('deploy', 'promote')], CROWD)).toEqual([]);
  });
});
