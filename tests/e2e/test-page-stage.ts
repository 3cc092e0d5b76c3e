import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { TaskQueue } from '../../services/task-queue/task-queue.js';
import { createApp, type App } from '../../services/gateway/app.js';
import { createMemoryCluster, type MemoryCluster } from '../../services/gateway/broker/memory/memory-cluster.js';
import { startProxy, type TcpProxy } from '../../services/gateway/broker/testing/tcp-proxy.js';
import { readConfig } from '../../services/gateway/config/config.js';
import { createLogger } from '../../services/gateway/observability/logger.js';
import { TestClient } from '../../services/gateway/testing/client.js';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const findChromium = (): string => {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const path of folders.flatMap((folder) => names.map((name) => join(folder, name)))) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  throw new Error('no Chromium in PATH: the browser test needs the package "chromium" (apt-get install chromium)');
};

/** @throws when there is none, naming the package */
export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: findChromium(), args: FLAGS });

/** The pages as `npm run build` makes them, in a folder that has a parent of its own: whoever tidies up removes that. */
export const buildPage = (): string => {
  const pages = join(mkdtempSync(join(tmpdir(), 'switchyard-pages-')), 'dashboard');
  execFileSync(process.execPath, ['scripts/bundle.mjs', pages]);
  return pages;
};

type Worker = Readonly<{ app: App; port: number }>;

/** Of both workers. */
export const ADMIN_PASSWORD = 'right';
export const CONTROL_TOKEN = 'a control token for tests';
export const API_KEY = 'a-key-with-the-scope-of-tasks';

const startWorker = async (
  color: 'blue' | 'green',
  cluster: MemoryCluster,
  pages: string,
  tasks: TaskQueue | undefined,
): Promise<Worker> => {
  const fast = {
    PLACE_INTERVAL: '0.1',
    LEASE_INTERVAL: '0.1',
    WEBSOCKET_HEARTBEAT_INTERVAL: '0.3',
    PUBLISH_TIMEOUT: '0.2',
    RATE_LIMIT_TRUSTED: '127.0.0.0/8,::1/128',
    ADMIN_PASSWORD,
    CONTROL_TOKEN,
    API_KEYS: `page:${API_KEY}:tasks`,
  };
  const config = readConfig({ PORT: '0', COLOR: color, DRAIN_GRACE: '3', ...fast });
  const workerId = `${color}-1`;
  const identity = { color, worker: '1', release: 'test', workerId, startedAt: new Date().toISOString() };
  const logger = createLogger({ level: 'silent', service: 'test', color, worker: '1', release: 'test' });
  const app = await createApp({ config, identity, broker: cluster.broker(workerId), logger, pages, tasks });
  return { app, port: await app.start() };
};

/** Nobody there, or a worker that says it can't: the pages tell it in words, and the browser complains on its own. */
const EXPECTED = /WebSocket connection to .* failed|Failed to load resource: (net::ERR_|.* status of (400|401|503) )/;

/** Two workers of one cluster behind one address, which leads to blue first. */
export class Stage {
  /** What browsers complained about: the Content-Security-Policy, an exception, a file that is not there. */
  readonly complaints: string[] = [];
  readonly blue: Worker;
  readonly green: Worker;
  readonly #network: TcpProxy;
  readonly #clients: TestClient[] = [];

  private constructor(
    readonly cluster: MemoryCluster,
    blue: Worker,
    green: Worker,
    network: TcpProxy,
  ) {
    this.blue = blue;
    this.green = green;
    this.#network = network;
  }

  /** @param tasks of both workers */
  static async start(pages: string, tasks?: TaskQueue): Promise<Stage> {
    const cluster = createMemoryCluster();
    const blue = await startWorker('blue', cluster, pages, tasks);
    const green = await startWorker('green', cluster, pages, tasks);
    return new Stage(cluster, blue, green, await startProxy(blue.port));
  }

  /** `127.0.0.1:PORT`, whoever is behind it. */
  get address(): string {
    return `127.0.0.1:${this.#network.port}`;
  }

  async open(browser: Browser, options: BrowserContextOptions = {}, path = '/'): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      const expected = EXPECTED.test(message.text());
      if (message.type() === 'error' && !expected) this.complaints.push(message.text());
    });
    await page.goto(`http://${this.address}${path}`);
    return page;
  }

  /** Another client, closed at the end. */
  async client(address = this.address, session = ''): Promise<TestClient> {
    const client = await TestClient.connect(`ws://${address}/ws?session=${session}`);
    this.#clients.push(client);
    return client;
  }

  /** New connections reach green; open ones stay where they are. */
  switchToGreen(): void {
    this.#network.leadTo(this.green.port);
  }

  /** New connections reach nobody. */
  switchToNobody(): void {
    this.#network.leadTo(undefined);
  }

  /** What a client sees of a worker that was killed. */
  cut(): void {
    this.#network.cut();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#network.stop();
    await Promise.all([this.blue.app.stop(), this.green.app.stop()]);
  }
}
