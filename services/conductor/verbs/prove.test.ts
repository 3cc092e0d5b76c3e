import { expect, test } from 'vitest';
import { readProveSettings } from '../config.js';
import { proveEnvironment } from './prove.js';

test.each([
  [{}, {}, false],
  [{ STRICT: '1' }, {}, true],
  [{ STRICT: '0' }, { strict: true }, true],
])('strict by %j and %j', (environment, options, strict) => {
  expect(readProveSettings(proveEnvironment(environment, options))).toMatchObject({ STRICT: strict, CLIENTS: 1_000 });
});
