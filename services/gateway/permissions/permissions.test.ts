import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { channelNamed } from '../broker/testing/world.js';
import type { Config } from '../config/settings.js';
import { ConfigError } from '../config/together.js';
import { readClaims } from '../identity/claims.js';
import { ANONYMOUS, OPERATOR, type Principal } from '../identity/principal.js';
import { readNamespaces, type ChannelAction } from './namespaces.js';
import { Permissions } from './permissions.js';
import { Rights } from './rights.js';

const withToken = (sub: string, channels?: object): Principal => {
  const identity = readClaims({ sub, channels });
  if (typeof identity === 'string') throw new Error(identity);
  return { kind: 'token', identity };
};
const ADA = withToken('ada');
const GRANTED = withToken('ada', {
  subscribe: ['private:*', 'news:*', 'room:1'],
  publish: ['private:1', 'room:1', 'task:1'],
});
const EVERYTHING = withToken('eve', { subscribe: ['*'], publish: ['*'] });

/** A file with these rules. */
const fileOf = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-namespaces-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'namespaces.json');
  writeFileSync(file, text);
  return file;
};
const namespaces = (NAMESPACES?: string, MODE: Config['MODE'] = 'development') => readNamespaces({ NAMESPACES, MODE });
const may = (
  principal: Principal,
  action: ChannelAction,
  channel: string,
  file?: string,
  mode?: Config['MODE'],
): boolean => new Permissions(namespaces(file, mode)).refusal(principal, action, channelNamed(channel)) === undefined;

describe('Permissions', () => {
  it.each([
    ['room:1', ANONYMOUS, true, true],
    ['room:1', ADA, true, true],
    ['room:1', GRANTED, true, true],
    ['room:2', GRANTED, false, false],
    ['news:1', GRANTED, true, false],
    ['private:1', ANONYMOUS, false, false],
    ['private:1', ADA, false, false],
    ['private:1', GRANTED, true, true],
    ['private:2', GRANTED, true, false],
    ['private:1', EVERYTHING, true, true],
    ['private', ANONYMOUS, true, true],
    ['user:ada:inbox', ANONYMOUS, false, false],
    ['user:ada:inbox', ADA, true, true],
    ['user:ada', ADA, true, true],
    ['user:bob:inbox', ADA, false, false],
    ['user:adam:inbox', ADA, false, false],
    ['user:ada:inbox', EVERYTHING, false, false],
    ['user:ada:inbox', GRANTED, false, false],
    ['task:1', ANONYMOUS, true, false],
    ['tasks', ANONYMOUS, true, false],
    ['tasks-of-mine', ANONYMOUS, true, true],
    ['task:1', GRANTED, false, false],
    ['task:1', EVERYTHING, true, false],
    ['user:bob:inbox', OPERATOR, true, true],
  ])('[channel-1] [channel-2] %s: %j may subscribe: %s, publish: %s', (channel, principal, subscribe, publish) => {
    expect(may(principal, 'subscribe', channel)).toBe(subscribe);
    expect(may(principal, 'history', channel)).toBe(subscribe);
    expect(may(principal, 'presence', channel)).toBe(subscribe);
    expect(may(principal, 'publish', channel)).toBe(publish);
  });

  it.each([
    ['task:1', ANONYMOUS, false],
    ['task:1', ADA, false],
    ['tasks', ADA, false],
    ['task:1', withToken('ada', { subscribe: ['task:1'] }), true],
    ['task:2', withToken('ada', { subscribe: ['task:1'] }), false],
    ['tasks', withToken('ada', { subscribe: ['task:*'] }), false],
    ['tasks', withToken('ada', { subscribe: ['tasks'] }), true],
    ['tasks', OPERATOR, true],
    ['room:1', ADA, true],
  ])('[channel-1] in production %s: %j may read: %s', (channel, principal, reads) => {
    for (const action of ['subscribe', 'history', 'presence'] as const) {
      expect(may(principal, action, channel, undefined, 'production')).toBe(reads);
    }
    expect(may(EVERYTHING, 'publish', 'task:1', undefined, 'production')).toBe(false);
  });

  it('[channel-1] in production a rule of the file holds for tasks too', () => {
    const file = fileOf(JSON.stringify({ tasks: { subscribe: 'token', publish: 'nobody' } }));
    expect(may(ADA, 'subscribe', 'tasks', file, 'production')).toBe(true);
    expect(may(ADA, 'subscribe', 'task:1', file, 'production')).toBe(false);
  });

  it('[channel-1] says which rule refuses', () => {
    const permissions = new Permissions(namespaces());
    const why = (principal: Principal, action: ChannelAction, channel: string) =>
      permissions.refusal(principal, action, channelNamed(channel));
    expect(why(ADA, 'subscribe', 'private:1')).toBe(
      'private:1: only clients whose token names it in channels may subscribe (rule "private:" of the namespaces)',
    );
    expect(why(ADA, 'publish', 'task:1')).toBe('task:1: no client may publish (rule "task:" of the namespaces)');
    expect(why(GRANTED, 'history', 'room:2')).toBe('room:2: the channels of the token do not let it read its history');
  });
});

describe('readNamespaces', () => {
  it('takes rules of a file before the built-in ones, the longest prefix first, and keeps those it leaves alone', () => {
    const file = fileOf(
      JSON.stringify({
        '*': { subscribe: 'token', publish: 'nobody' },
        'news:': { subscribe: 'anyone', publish: 'granted', history: 'token', presence: 'nobody' },
        'news:sport:': { subscribe: 'anyone', publish: 'anyone' },
        'task:': { subscribe: 'anyone', publish: 'anyone' },
      }),
    );
    expect(may(ANONYMOUS, 'subscribe', 'room', file)).toBe(false);
    expect(may(ADA, 'subscribe', 'room', file)).toBe(true);
    expect(may(ADA, 'publish', 'room', file)).toBe(false);
    expect(may(ANONYMOUS, 'subscribe', 'news:1', file)).toBe(true);
    expect(may(ANONYMOUS, 'history', 'news:1', file)).toBe(false);
    expect(may(ADA, 'presence', 'news:1', file)).toBe(false);
    expect(may(ADA, 'publish', 'news:1', file)).toBe(false);
    expect(may(ANONYMOUS, 'publish', 'news:sport:1', file)).toBe(true);
    expect(may(ANONYMOUS, 'publish', 'task:1', file)).toBe(true);
    expect(may(ADA, 'subscribe', 'private:1', file)).toBe(false);
  });

  it.each([
    ['{"news": {"subscribe": "anyone", "publish": "nobody"}}', '"news": must end with ":", or be "*"'],
    ['{"news:": {"subscribe": "all", "publish": "nobody"}}', '"news:".subscribe: must be one of anyone, token'],
    ['{"news:": {"subscribe": "anyone"}}', '"news:".publish: must be one of'],
    ['{"news:": {"subscribe": "anyone", "publish": "nobody", "read": "token"}}', '"news:": Unrecognized key: "read"'],
    [
      '{"user:": {"subscribe": "owner", "publish": "owner"}, "user:": {"subscribe": "anyone", "publish": "anyone"}}',
      ': "user:" is there twice',
    ],
    ['[]', 'expected record'],
    ['{', 'JSON'],
  ])('names the file and the rule that is wrong: %s', (text, words) => {
    const file = fileOf(text);
    const read = (): unknown => namespaces(file);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(`NAMESPACES=${file}:`);
    expect(read).toThrow(words);
  });

  it('names a file that can not be read', () => {
    expect(() => namespaces('/nowhere/names.json')).toThrow('NAMESPACES=/nowhere/names.json: ENOENT');
  });
});

describe('Rights', () => {
  it('[channel-3] are found out once for each channel, and anew for a new token', () => {
    const permissions = new Permissions(namespaces());
    const found = vi.spyOn(permissions, 'refusal');
    const rights = new Rights(permissions);
    const channel = channelNamed('private:1');
    for (let n = 0; n < 3; n += 1) expect(rights.refusal(ADA, 'publish', channel)).toBeDefined();
    expect(found).toHaveBeenCalledTimes(1);
    for (let n = 0; n < 3; n += 1) expect(rights.refusal(GRANTED, 'publish', channel)).toBeUndefined();
    expect(found).toHaveBeenCalledTimes(2);
    expect(rights.refusal(ADA, 'publish', channel)).toBeDefined();
  });

  it('hold for more channels than are kept', () => {
    const rights = new Rights(new Permissions(namespaces()));
    for (let n = 0; n < 1_000; n += 1) {
      expect(rights.refusal(ADA, 'subscribe', channelNamed(`room:${n}`))).toBeUndefined();
      expect(rights.refusal(ADA, 'subscribe', channelNamed(`private:${n}`))).toBeDefined();
    }
  });
});
