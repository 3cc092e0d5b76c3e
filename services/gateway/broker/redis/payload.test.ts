import { describe, expect, it } from 'vitest';
import { parsePayload, parsePresenceChange } from './payload.js';

describe('parsePayload', () => {
  it('reads offset, time, epoch and a body that may hold anything', () => {
    expect(parsePayload('7:1700000000000:aB3_-x:"from":"a:b","data":"ü:"')).toEqual({
      offset: 7,
      timeMs: 1_700_000_000_000,
      epoch: 'aB3_-x',
      body: '"from":"a:b","data":"ü:"',
    });
  });

  it.each(['', 'x', '7', '7:1', '7:1:e', ':1:e:b', 'x:1:e:b', '-1:1:e:b', '7:x:e:b', '7:1::b'])(
    'refuses %j',
    (text) => {
      expect(parsePayload(text)).toBeUndefined();
    },
  );
});

describe('parsePresenceChange', () => {
  it('reads who came or left, and when', () => {
    expect(parsePresenceChange('join ann 17')).toEqual({ change: 'join', clientId: 'ann', timeMs: 17 });
    expect(parsePresenceChange('leave b-1 18')).toEqual({ change: 'leave', clientId: 'b-1', timeMs: 18 });
  });

  it('reads what is said of who came, with its spaces', () => {
    const info = '{"name":"Ann  B. "}';
    expect(parsePresenceChange(`join ann 17 ${info}`)).toEqual({ change: 'join', clientId: 'ann', timeMs: 17, info });
  });

  it.each(['', 'join', 'join ann', 'fly ann 17', 'join a.b 17', 'join ann x'])('refuses %j', (text) => {
    expect(parsePresenceChange(text)).toBeUndefined();
  });
});
