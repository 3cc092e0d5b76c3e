import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPage, launchChromium, Stage } from './test-page-stage.js';

/** Its back-off is so long that only what the browser tells it can bring it back. */
const CLIENT = `import('/client.js').then(({ Client }) => {
  const backoff = { minMs: 2_000_000_000, maxMs: 2_000_000_000 };
  Object.assign(window, { client: new Client({ url: location.origin, backoff }), heard: [] });
  return client.subscribe('room', ({ data }) => heard.push(data)).ready;
})`;

describe('the client library in a browser', () => {
  let pages: string;
  let browser: Browser;
  let stage: Stage;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    pages = buildPage();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(dirname(pages), { recursive: true, force: true });
  });
  beforeEach(async () => {
    stage = await Stage.start(pages);
    page = await stage.open(browser);
    await page.evaluate(CLIENT);
  });
  afterEach(async () => {
    await page.context().close();
    await stage.stop();
    if (stage.complaints.length > 0) throw new Error(`the browser complained: ${stage.complaints.join('; ')}`);
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
    stage.cut();
    await expect.poll(state).toBe('away');
    const other = await stage.client(`127.0.0.1:${stage.green.port}`);
    await other.publish('room', 'meanwhile');
    await comeBack();
    await expect.poll(state).toBe('live');
    await expect.poll(() => page.evaluate('heard')).toEqual(['meanwhile']);
  });

  it('does not try while the browser is offline, not even when the page is seen', async () => {
    await page.context().setOffline(true);
    stage.cut();
    await expect.poll(state).toBe('away');
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    expect(await state()).toBe('away');
  });
});
