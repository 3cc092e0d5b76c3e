import { expect, test } from 'vitest';
import { choice } from './choose-engine.js';

const WHY = 'no Docker daemon answers';

test('containers where they can be, else this machine; each with the reason', () => {
  expect(choice('', undefined)).toEqual({
    engine: 'compose',
    words: expect.stringContaining('ENGINE=local') as unknown,
  });
  expect(choice('', WHY)).toEqual({ engine: 'local', words: expect.stringContaining(WHY) as unknown });
});

test('what was asked for by name and can not be is a wrong setting', () => {
  expect(choice('compose', undefined).engine).toBe('compose');
  expect(() => choice('compose', WHY)).toThrow(`ENGINE=compose: ${WHY}`);
});
