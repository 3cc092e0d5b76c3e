import { expect, test } from 'vitest';
import { readProveSettings } from '../config.js';
import { crowdOptions, proveEnvironment, trafficWords } from './prove.js';

test.each([
  [{}, {}, false],
  [{ STRICT: '1' }, {}, true],
  [{ STRICT: '0' }, { strict: true }, true],
])('strict by %j and %j', (environment, options, strict) => {
  expect(readProveSettings(proveEnvironment(environment, options))).toMatchObject({ STRICT: strict, CLIENTS: 1_000 });
});

test.each([
  [{ CLIENTS: '1000' }, { library: 500, plain: 500, channels: 20 }],
  [
    { CLIENTS: '10', CHANNELS: '10' },
    { library: 5, plain: 5, channels: 5 },
  ],
  [
    { CLIENTS: '10', PLAIN: '8', CHANNELS: '10' },
    { library: 2, plain: 8, channels: 8 },
  ],
])('%j: no channel without a listener', (environment, options) => {
  expect(crowdOptions('ws://127.0.0.1:80', readProveSettings(environment))).toMatchObject(options);
});

test('what the clients met in a phase, without a delivery time: that of a whole phase stands in the table', () => {
  const before = { published: 10, delivered: 1_000, away: { library: 0, plain: 2 }, refused: 0 };
  const after = { published: 90, delivered: 21_000, away: { library: 1, plain: 502 }, refused: 0 };
  expect(trafficWords(before, after, 10)).toBe('2,000 deliveries/s; away: library 1, plain 500');
});
