import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { TextClient } from '../../services/gateway/testing/text-client.js';
import { soon } from './test-page-actions.js';
import { buildPage, launchChromium, Stage } from './test-page-stage.js';

/** For each test of a file: two workers behind one address, a browser, and whoever connects. Nobody may be left over. */
export const useAdminPage = () => {
  let pages: string;
  let browser: Browser;
  let stage: Stage;
  let clients: TextClient[];

  beforeAll(async () => {
    browser = await launchChromium();
    pages = buildPage();
  });

  afterAll(async () => {
    await browser.close();
    rmSync(dirname(pages), { recursive: true, force: true });
  });

  beforeEach(async () => {
    clients = [];
    stage = await Stage.start(pages);
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await Promise.all(clients.map((client) => client.close()));
    await stage.stop();
    if (stage.complaints.length > 0) throw new Error(`the browser complained: ${stage.complaints.join('; ')}`);
  });

  const connect = async (color: 'blue' | 'green', path: string): Promise<TextClient> => {
    const client = await TextClient.connect(`ws://127.0.0.1:${stage[color].port}${path}`);
    clients.push(client);
    return client;
  };

  return {
    get stage(): Stage {
      return stage;
    },

    connect,

    /** People who connect one after the other to `/ws/blue1`, `/ws/blue2` … */
    gather: async (color: 'blue' | 'green', count: number): Promise<readonly TextClient[]> => {
      const gathered: TextClient[] = [];
      for (let n = 1; n <= count; n += 1) gathered.push(await connect(color, `/ws/${color}${n}`));
      return gathered;
    },

    /** The page as it shows itself at once: its clock stands still until it is put forward. */
    open: async (options: BrowserContextOptions = {}, path = '/admin'): Promise<Page> => {
      const page = await stage.open(browser, options, path);
      await page.clock.install();
      await page.clock.pauseAt(Date.now() + 1_000);
      await page.reload();
      await page.locator('#status', { hasText: 'Up to date' }).waitFor(soon);
      return page;
    },
  };
};
