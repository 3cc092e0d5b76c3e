import { describe, expect, test } from 'vitest';
import { TextReport, type Screen } from './report.js';
import { cut, widthOf } from './width.js';

const CLEAR_LINE = '\r\u001B[K';
const PAUSED = 'paused: event_loop_lag_ms of green-1 is 180, over 100 (pause); delivery_lag_ms is 95, over 80';

const screenOf = (isTTY: boolean, columns: number | undefined) => {
  const writes: string[] = [];
  const screen = {
    isTTY,
    ...(columns === undefined ? {} : { columns }),
    write: (text: string) => writes.push(text),
  };
  return { screen: screen satisfies Screen, writes };
};
const rowsOf = (writes: readonly string[]): readonly string[] =>
  writes.join('').replaceAll(CLEAR_LINE, '\n').split('\n');

describe('on a terminal', () => {
  test.each([80, 60, 40, 200])('what is written over stays one row, at %d columns', (columns) => {
    const { screen, writes } = screenOf(true, columns);
    const report = new TextReport(screen, 'xterm');
    report.step(`smoke tests on every ${'very '.repeat(20)}green worker`);
    report.progress('connections moved', 1_234, 100_000, { perSecond: 1_234, note: PAUSED });
    for (const row of rowsOf(writes)) expect(widthOf(row)).toBeLessThan(columns);
    expect(writes.at(-1)).toContain(`${CLEAR_LINE}  · connections moved `);
  });

  test('characters that take two columns, and line ends in a note', () => {
    const { screen, writes } = screenOf(true, 80);
    new TextReport(screen, 'xterm').progress('clients', 1, 2, { note: `${'漢字🙂'.repeat(30)}\nend` });
    expect(widthOf(writes.join('').slice(CLEAR_LINE.length))).toBeLessThan(80);
    expect(writes.join('')).not.toContain('\n');
  });

  test('it follows the width of its window', () => {
    const writes: string[] = [];
    const screen = { isTTY: true, columns: 120, write: (text: string) => writes.push(text) };
    const report = new TextReport(screen, 'xterm');
    report.progress('connections moved', 1, 2, { note: PAUSED });
    screen.columns = 50;
    report.progress('connections moved', 1, 2, { note: PAUSED });
    expect(writes.map((text) => widthOf(text.slice(CLEAR_LINE.length)))).toEqual([119, 49]);
  });

  test('a note that does not fit behind its step stands under it, whole', () => {
    const { screen, writes } = screenOf(true, 80);
    const note = '100000 moved; event-loop lag p99 of green at most 123.4 ms';
    new TextReport(screen, 'xterm').step('move the connections of blue').done(note);
    expect(rowsOf(writes).slice(-3)).toEqual([expect.stringMatching(/✓ move the .* s$/), `      ${note}`, '']);
  });

  test('what is said meanwhile has a row of its own', () => {
    const { screen, writes } = screenOf(true, 80);
    const report = new TextReport(screen, 'xterm');
    const line = report.step('build the release');
    report.say('it lasts');
    report.say('and lasts');
    line.done('');
    expect(writes.slice(1, 3)).toEqual([`${CLEAR_LINE}it lasts\n`, 'and lasts\n']);
  });

  test('it clears lines and does nothing else: there is no color for NO_COLOR to switch off', () => {
    const { screen, writes } = screenOf(true, 80);
    const report = new TextReport(screen, 'xterm');
    report.step('start').failed();
    report.progress('clients', 1, 2);
    expect(writes.join('').replaceAll(CLEAR_LINE, '')).not.toContain('\u001B');
  });
});

test.each([
  ['a pipe', false, undefined],
  ['a dumb terminal', true, 'dumb'],
])('%s gets no cursor codes', (_, isTTY, terminal) => {
  const { screen, writes } = screenOf(isTTY, undefined);
  const report = new TextReport(screen, terminal);
  const line = report.step('start green');
  report.progress('connections moved', 1, 2, { perSecond: 5, note: '' });
  line.done('well');
  expect(writes.join('')).not.toContain('\u001B');
  expect(writes).toEqual(['    connections moved: 1 of 2, 5/s\n', expect.stringMatching(/✓ start green .*well\n$/)]);
});

test('cut', () => {
  expect(cut('short', 10)).toBe('short');
  expect(cut('exactly 10', 10)).toBe('exactly 10');
  expect(cut('more than 10', 10)).toBe('more than…');
  expect(cut('漢字漢字漢字', 6)).toBe('漢字…');
  expect(cut('two\r\n\tlines\n', 20)).toBe('two lines');
});

test('elsewhere progress is a line now and then, and the last one is always told; no rate where nothing moves', () => {
  const { screen, writes } = screenOf(false, undefined);
  const report = new TextReport(screen, undefined);
  report.step('move');
  report.progress('connections moved', 0, 41, { perSecond: 0, note: '' });
  report.progress('connections moved', 20, 41, { perSecond: 20, note: '' });
  report.progress('connections moved', 41, 41, { perSecond: 41, note: '' });
  report.progress('connections moved', 41, 41, { perSecond: 41, note: '' });
  expect(writes).toEqual(['    connections moved: 0 of 41\n', '    connections moved: 41 of 41, 41/s\n']);
});
