import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../services/client/node.js';
import { SECRET, secondsFromNow, signed } from '../../services/gateway/testing/tokens.js';
import { TestStack } from './stack.js';

const NEXT = 'the-secret-after-that-one-of-32-bytes';
const QUICK = { BAKE_SECONDS: '0', WARM_UP: '0', PROBES: '0' };

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.prepare(QUICK);
  const { code, output } = await stack.run(['up'], { ALLOW_ANONYMOUS: 'false', JWT_SECRET: SECRET });
  if (code !== 0) throw new Error(output);
});
afterAll(() => stack.close());

/** Who a client with a token of this key is told to be, or that it was closed. */
const welcomed = async (secret: string): Promise<string> => {
  const token = await signed({ sub: 'walter', exp: secondsFromNow(600) }, secret);
  const client = connect({ url: stack.url, token });
  const ended = new Promise<string>((resolve) => client.on('closed', (code) => resolve(`closed with ${code}`)));
  const known = new Promise<string>((resolve) => client.on('live', () => resolve(client.clientId ?? '')));
  const outcome = await Promise.race([known, ended]);
  await client.close();
  return outcome;
};

test('a key holds for every later deploy until it is changed, and is never changed unseen', async () => {
  const rotated = await stack.run(['promote'], { JWT_SECRET: NEXT, JWT_SECRET_PREVIOUS: SECRET });
  expect(rotated.output).toContain('Settings of workers change: JWT_SECRET (changed), JWT_SECRET_PREVIOUS (new).');
  expect([await welcomed(NEXT), await welcomed(SECRET)]).toEqual(['walter', 'walter']);

  const other = { JWT_SECRET: 'quite-another-secret-of-more-than-32-bytes' };
  const refused = await stack.run(['promote'], other);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('JWT_SECRET changes, and JWT_SECRET_PREVIOUS is not the one that runs');
  for (const secret of [SECRET, NEXT, other.JWT_SECRET]) expect(refused.output).not.toContain(secret);

  const meant = await stack.run(['promote'], { ...other, REPLACE_KEYS: '1', LOG_LEVEL: 'warn' });
  expect(meant.code).toBe(0);
  expect(await welcomed(other.JWT_SECRET)).toBe('walter');

  const back = await stack.run(['rollback']);
  expect(back.output).toContain('Settings that the last deploy changed stay as they are: JWT_SECRET, LOG_LEVEL.');
  expect([await welcomed(other.JWT_SECRET), await welcomed(NEXT)]).toEqual(['walter', 'closed with 4401']);

  const forgotten = await stack.run(['promote'], { JWT_SECRET_PREVIOUS: '', LOG_LEVEL: '' });
  expect(forgotten.output).toContain('JWT_SECRET_PREVIOUS (back to its default), LOG_LEVEL (back to its default).');
  expect([await welcomed(other.JWT_SECRET), await welcomed(SECRET)]).toEqual(['walter', 'closed with 4401']);
});
