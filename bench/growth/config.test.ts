import { expect, test } from 'vitest';
import { readConfig } from './config.js';

test('everything grows where nothing is named; what is named wrong is told', () => {
  expect(readConfig({}).only).toEqual(['workers', 'connections', 'channels', 'sizes']);
  expect(readConfig({ ONLY: 'sizes, workers', QUICK: '1', PLOTS: 'here' })).toMatchObject({
    only: ['sizes', 'workers'],
    plots: 'here',
    from: undefined,
    bench: { isQuick: true },
  });
  expect(() => readConfig({ ONLY: 'colors' })).toThrow('ONLY=colors: some of workers,connections');
  expect(() => readConfig({ SECONDS: 'x' })).toThrow('SECONDS=x');
});
