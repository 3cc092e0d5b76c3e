import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, beforeEach } from 'vitest';
import { TextClient } from '../../services/gateway/testing/text-client.js';
import { useBrowserStage } from './browser-stage.js';
import { soon } from './test-page-actions.js';
import type { Stage } from './test-page-stage.js';

/** For each test of a file: two workers behind one address, a browser, and whoever connects. Nobody may be left over. */
export const useAdminPage = () => {
  const on = useBrowserStage();
  let clients: TextClient[];

  beforeEach(() => {
    clients = [];
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
  });

  const connect = async (color: 'blue' | 'green', path: string): Promise<TextClient> => {
    const client = await TextClient.connect(`ws://127.0.0.1:${on.stage[color].port}${path}`);
    clients.push(client);
    return client;
  };

  return {
    get stage(): Stage {
      return on.stage;
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
      const page = await on.open(options, path);
      await page.clock.install();
      await page.clock.pauseAt(Date.now() + 1_000);
      await page.reload();
      await page.locator('#status', { hasText: 'Up to date' }).waitFor(soon);
      return page;
    },
  };
};
