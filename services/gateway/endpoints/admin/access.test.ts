import { describe, expect, it } from 'vitest';
import { isSameOrigin } from '../../identity/origins.js';
import { Access, COOKIE } from './access.js';

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
    expect(access({ now }).visitor(sent(cookie))).toEqual({
      kind: 'admin',
      untilMs: nowMs + 12 * 3_600_000,
      login: expect.not.stringContaining(String(nowMs)) as string,
    });
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
