import { expect, test } from 'vitest';
import { readProveSettings } from '../config.js';
import { crowdOptions, proveEnvironment } from './prove.js';

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
