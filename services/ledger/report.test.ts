import { expect, test } from 'vitest';
import { ledgerFaults, ledgerFileName, ledgerJson, ledgerLines } from './report.js';
import { ledgerResult } from './testing/ledger-result.js';

const result = ledgerResult();

test('a clean ledger: its figures, what they mean, and where all of it is; no line over 80 columns', () => {
  const lines = ledgerLines(result, '/run/ledger/1.json');
  expect(lines).toEqual([
    'The ledger: 1,234 publications acked, 61,700 deliveries, 50 of 50 probes moved',
    '  lost 0   duplicated 0   out of order 0   refused 0   unanswered 0   told 0',
    '  delivered after 2.4 ms (p50), 17 ms (p99), 1,400 ms at most',
    'Every probe got every acked publication of its channel, once and in order.',
    '  /run/ledger/1.json',
  ]);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test('times that a busy machine made are named as such', () => {
  const lines = ledgerLines({ ...result, load: { ...result.load, loopP99Ms: 50 } }, '/run/ledger/1.json');
  expect(lines[3]).toBe('  the process of the probes was late itself, by 50 ms (p99): the times hold that');
  expect(lines[3]?.length).toBeLessThanOrEqual(80);
});

test('one with faults: examples, where the first of each kind was, what is wrong at the end, and no word of praise', () => {
  const verdict = {
    ...result.verdict,
    lost: 2,
    outOfOrder: 1,
    examples: ['probe 7 on ledger:3 never got offset 41', '… 2', '… 3', '… 4'],
    first: {
      outOfOrder: 'probe 8 on ledger:4, on green, which it never left',
      lost: 'probe 7 on ledger:3, on blue 0.4 s before its move to green',
    },
  };
  expect(ledgerLines({ ...result, clean: false, verdict, unanswered: 2 }, '/run/ledger/1.json').slice(3)).toEqual([
    '  probe 7 on ledger:3 never got offset 41',
    '  … 2',
    '  … 3',
    'First lost: probe 7 on ledger:3, on blue 0.4 s before its move to green.',
    'First out of order: probe 8 on ledger:4, on green, which it never left.',
    'Not clean: 2 lost, 1 out of order, 2 never answered. All of it:',
    '  /run/ledger/1.json',
  ]);
});

test.each([
  [{ ...result.verdict, acked: 0 }, 'nothing was acked'],
  [{ ...result.verdict, neverJoined: 2 }, '2 probes never subscribed'],
  [{ ...result.verdict, duplicated: 1, refused: 3 }, '1 duplicated, 3 refused'],
])('what is wrong, in words: %#', (verdict, words) => {
  expect(ledgerFaults({ ...result, verdict }).join(', ')).toBe(words);
});

test('the file is named by time and release, and holds everything', () => {
  expect(ledgerFileName(result, '20261124T2059-abc')).toBe('20261124T210020Z-20261124T2059-abc.json');
  expect(JSON.parse(ledgerJson(result, 'r1'))).toEqual({ release: 'r1', ...result });
});
