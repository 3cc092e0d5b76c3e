import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, beforeEach } from 'vitest';
import { TestClient } from '../../services/gateway/testing/client.js';
import { TextClient } from '../../services/gateway/testing/text-client.js';
import type { TaskQueue } from '../../services/task-queue/task-queue.js';
import { logIn, upToDate } from './admin-page-actions.js';
import { useBrowserStage } from './browser-stage.js';
import { CONTROL_TOKEN, type Stage } from './test-page-stage.js';

type Color = 'blue' | 'green';

/** For each test of a file: two workers behind one address, a browser, and whoever connects. Nobody may be left over. */
export const useAdminPage = (startTasks?: () => Promise<TaskQueue>) => {
  const on = useBrowserStage(startTasks);
  let clients: (TextClient | TestClient)[];

  beforeEach(() => {
    clients = [];
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
  });

  const connect = async (color: Color, path: string): Promise<TextClient> => {
    const client = await TextClient.connect(`ws://127.0.0.1:${on.stage[color].port}${path}`);
    clients.push(client);
    return client;
  };

  return {
    get stage(): Stage {
      return on.stage;
    },

    connect,

    /** Somebody on `/ws`, subscribed to these channels. `query` as in the address: `?client_id=ada`. */
    come: async (color: Color, query: string, ...channels: readonly string[]): Promise<TestClient> => {
      const client = await TestClient.connect(`ws://127.0.0.1:${on.stage[color].port}/ws${query}`);
      clients.push(client);
      for (const channel of channels) await client.subscribe(channel);
      return client;
    },

    /** People who connect one after the other to `/ws/blue1`, `/ws/blue2` … */
    gather: async (color: Color, count: number): Promise<readonly TextClient[]> => {
      const gathered: TextClient[] = [];
      for (let n = 1; n <= count; n += 1) gathered.push(await connect(color, `/ws/${color}${n}`));
      return gathered;
    },

    /** The page as it shows itself to nobody yet. */
    openDoor: (options: BrowserContextOptions = {}, path = '/admin'): Promise<Page> => on.open(options, path),

    /** The page of somebody who has logged in. */
    open: async (options: BrowserContextOptions = {}): Promise<Page> => {
      const page = await on.open(options, '/admin');
      await logIn(page);
      await upToDate(page);
      return page;
    },

    /** What a conductor says to both workers. */
    say: async (notice: Readonly<Record<string, unknown>>): Promise<void> => {
      const body = JSON.stringify({
        verb: 'promote',
        from: 'blue',
        to: 'green',
        release: 'r2',
        at: new Date(),
        ...notice,
      });
      for (const color of ['blue', 'green'] as const) {
        const address = `http://127.0.0.1:${on.stage[color].port}/control/deploy`;
        const headers = { Authorization: `Bearer ${CONTROL_TOKEN}` };
        const { status } = await fetch(address, { method: 'POST', body, headers });
        if (status !== 202) throw new Error(`a notice was answered with ${status}`);
      }
    },
  };
};
