import { describe, expect, it, vi } from 'vitest';
import { SECRET, secondsFromNow, signed } from '../gateway/testing/tokens.js';
import { Stage } from './testing/stage.js';

const SETTINGS = { MODE: 'production', JWT_SECRET: SECRET, JWT_CLOCK_TOLERANCE: '0', TOKEN_WARNING: '0.5' };

describe('a client with short-lived tokens', () => {
  it('[token-4] [move-3] renews them, moves with them, and loses no message', async () => {
    const stage = await Stage.start('memory', SETTINGS);
    const token = vi.fn<() => Promise<string>>(async () => signed({ sub: 'ada', exp: secondsFromNow(1) }));
    const ended: number[] = [];
    const client = stage.client({ token });
    client.on('ended', ({ code }) => ended.push(code));
    const heard: unknown[] = [];
    const mine = client.subscribe('user:ada:inbox', ({ data }) => heard.push(data));
    await mine.ready;
    expect(client.clientId).toBe('ada');
    await vi.waitFor(() => expect(token.mock.calls.length).toBeGreaterThanOrEqual(4), { timeout: 10_000 });
    await client.publish('user:ada:inbox', 'before');
    expect(ended).toEqual([]);
    const moved = new Promise<void>((resolve) => client.on('opened', ({ move }) => move && resolve()));
    stage.lead('green');
    stage.blue.app.draining.begin('deploy', { rate: undefined, holdMs: 0 });
    await moved;
    await client.publish('user:ada:inbox', 'after');
    await vi.waitFor(() => expect(heard).toEqual(['before', 'after']));
    await vi.waitFor(() => expect(ended).toEqual([1000]));
    expect(client.color).toBe('green');
  });

  it('[token-5] without one is closed for good, and says why', async () => {
    const stage = await Stage.start('memory', SETTINGS);
    const client = stage.client();
    await expect(client.ready()).rejects.toMatchObject({ code: 4401, reason: 'a token is needed here' });
    expect(client.state).toBe('closed');
  });
});
