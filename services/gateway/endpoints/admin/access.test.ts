import { describe, expect, it } from 'vitest';
import { isSameOrigin } from '../../identity/origins.js';
import { Access, COOKIE } from './access.js';
import { Attempts } from './attempts.js';

const TOKEN = 'a control token for tests';
const access = (over: Partial<ConstructorParameters<typeof Access>[0]> = {}): Access =>
  new Access({
    password: 'right',
    controlToken: TOKEN,
    cookiePath: '/admin',
    isOperator: (header) => header === `Bearer ${TOKEN}`,
    ...over,
  });
const headers =
  (given: Readonly<Record<string, string>>) =>
  (name: string): string =>
    given[name] ?? '';
/** What a browser sends back. */
const sent = (setCookie: string | undefined) =>
  headers({ cookie: `other=1; ${setCookie?.split(';')[0] ?? ''}; last=2` });

describe('access to the admin page', () => {
  it('[admin-1] is a cookie that scripts and other sites do not get, for twelve hours', () => {
    const cookie = access().logIn('right', false);
    expect(cookie).toMatch(new RegExp(`^${COOKIE}=[^;]+; Path=/admin; Max-Age=43200; HttpOnly; SameSite=Strict$`));
    expect(access().logIn('right', true)).toMatch(/; Secure$/);
    expect(access().logIn('wrong', false)).toBeUndefined();
    expect(access({ password: undefined }).logIn('', false)).toBeUndefined();
  });

  it('[admin-1] is taken by every worker with the same secrets, until it is over, and by no other', () => {
    let nowMs = 1_000_000;
    const now = () => nowMs;
    const cookie = access({ now }).logIn('right', false);
    expect(access({ now }).visitor(sent(cookie))).toEqual({ kind: 'admin', untilMs: nowMs + 12 * 3_600_000 });
    expect(access({ now, password: 'other' }).visitor(sent(cookie))).toBeUndefined();
    expect(access({ now, controlToken: 'another control token' }).visitor(sent(cookie))).toBeUndefined();
    expect(access({ now, password: undefined }).visitor(sent(cookie))).toBeUndefined();
    expect(access({ now }).visitor(sent(cookie?.replace('=4', '=5')))).toBeUndefined();
    expect(access({ now }).visitor(sent(undefined))).toBeUndefined();
    nowMs += 12 * 3_600_000;
    expect(access({ now }).visitor(sent(cookie))).toBeUndefined();
  });

  it('[admin-1] is open to whoever has the token of the stack', () => {
    const asked = headers({ authorization: `Bearer ${TOKEN}` });
    expect(access({ password: undefined }).visitor(asked)?.kind).toBe('operator');
  });

  it.each([
    ['http://localhost:8000', 'localhost:8000', true],
    ['https://admin.example', 'admin.example', true],
    ['http://localhost:8001', 'localhost:8000', false],
    ['http://evil.example', 'localhost:8000', false],
    ['null', 'localhost', false],
    ['', '', false],
  ])('[admin-2] takes %s for a page of %s: %s', (origin, host, isSame) => {
    expect(isSameOrigin(headers({ origin, host }))).toBe(isSame);
  });
});

describe('attempts at the password', () => {
  it('[admin-1] wait twice as long each time, after three, for that address alone, and are forgotten', () => {
    const attempts = new Attempts();
    const waits: number[] = [];
    for (let n = 0; n < 10; n += 1) {
      waits.push(attempts.waitMs('a', 0));
      attempts.failed('a', 0);
    }
    expect(waits).toEqual([0, 0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
    expect(attempts.waitMs('b', 0)).toBe(0);
    expect(attempts.waitMs('a', 59_000)).toBe(1_000);
    expect(attempts.waitMs('a', 60_000)).toBe(0);
    attempts.failed('a', 16 * 60_000);
    expect(attempts.waitMs('a', 16 * 60_000)).toBe(0);
  });

  it('remember a thousand addresses at most, and nobody who knew it', () => {
    const attempts = new Attempts();
    for (let n = 0; n < 4; n += 1) attempts.failed('first', 0);
    for (let n = 0; n < 999; n += 1) attempts.failed(`other ${n}`, 0);
    expect(attempts.waitMs('first', 0)).toBe(2_000);
    attempts.failed('one more', 0);
    expect(attempts.waitMs('first', 0)).toBe(0);
    for (let n = 0; n < 4; n += 1) attempts.failed('last', 0);
    attempts.succeeded('last');
    expect(attempts.waitMs('last', 0)).toBe(0);
  });
});
