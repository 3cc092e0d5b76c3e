import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../loki/push.js';
import { LineBuffer } from './line-buffer.js';

const entry = (line: string): Entry => ({ level: 'INFO', at: '1', line });
const long = (mark: string): Entry => entry(mark.padEnd(850, '.'));
const marks = (entries: readonly Entry[]): string => entries.map(({ line }) => line[0]).join('');

describe('LineBuffer', () => {
  test('over its limit the oldest lines go, and are told', () => {
    const buffer = new LineBuffer(3_000);
    expect(['a', 'b', 'c', 'd', 'e'].map((mark) => buffer.add(long(mark)))).toEqual([0, 0, 0, 1, 1]);
    expect(buffer).toMatchObject({ size: 3, bytes: 3_000 });
    expect(marks(buffer.take(1e6))).toBe('cde');
    expect(buffer).toMatchObject({ size: 0, bytes: 0 });
  });

  test('what is taken is the oldest, up to so many bytes, and at least a line', () => {
    const buffer = new LineBuffer(10_000);
    for (const mark of ['a', 'b', 'c']) buffer.add(long(mark));
    expect([marks(buffer.take(2_000)), marks(buffer.take(1)), marks(buffer.take(1))]).toEqual(['ab', 'c', '']);
  });

  test('a line that is larger than the limit goes itself', () => {
    const buffer = new LineBuffer(1_000);
    buffer.add(entry('small'));
    expect(buffer.add(entry('x'.repeat(2_000)))).toBe(2);
    expect(buffer).toMatchObject({ size: 0, bytes: 0 });
  });

  test('bytes count as they are sent, not characters', () => {
    const buffer = new LineBuffer(10_000);
    buffer.add(entry('é'.repeat(100)));
    const { bytes } = buffer;
    buffer.add(entry('e'.repeat(100)));
    expect(bytes - (buffer.bytes - bytes)).toBe(100);
  });
});
