import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { useBrowserStage } from './browser-stage.js';

/** Its back-off is so long that only what the browser tells it can bring it back. */
const CLIENT = `import('/client.js').then(({ Client }) => {
  const backoff = { minMs: 2_000_000_000, maxMs: 2_000_000_000 };
  Object.assign(window, { client: new Client({ url: location.origin, backoff }), heard: [] });
  return client.subscribe('room', ({ data }) => heard.push(data)).ready;
})`;

describe('the client library in a browser', () => {
  const on = useBrowserStage();
  let page: Page;

  beforeEach(async () => {
    page = await on.open();
    await page.evaluate(CLIENT);
  });

  const state = (): Promise<string> => page.evaluate<string>('client.state');

  it.each([
    ['the network is back', async () => page.context().setOffline(true), async () => page.context().setOffline(false)],
    [
      'the page is seen again',
      async () => {},
      async () => page.evaluate<unknown>('document.dispatchEvent(new Event("visibilitychange"))'),
    ],
  ])('comes back at once when %s, and misses nothing', async (_, goAway, comeBack) => {
    await goAway();
    on.stage.cut();
    await expect.poll(state).toBe('away');
    const other = await on.stage.client(`127.0.0.1:${on.stage.green.port}`);
    await other.publish('room', 'meanwhile');
    await comeBack();
    await expect.poll(state).toBe('live');
    await expect.poll(() => page.evaluate('heard')).toEqual(['meanwhile']);
  });

  it('does not try while the browser is offline, not even when the page is seen', async () => {
    await page.context().setOffline(true);
    on.stage.cut();
    await expect.poll(state).toBe('away');
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    expect(await state()).toBe('away');
  });
});
