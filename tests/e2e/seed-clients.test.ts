import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { TestClient } from '../../services/gateway/testing/client.js';
import { TextClient } from '../../services/gateway/testing/text-client.js';
import { metricsPage, rows, seedPage, serve, totals, watch, type SeenPage } from './seed-client-pages.js';
import { findPython, seedClient, SeedProcess } from './seed-client-runner.js';
import { buildRustClient, findCargo } from './seed-client-rust.js';
import { checkout, TestStack, type Environment } from './stack.js';
import { text } from './test-page-actions.js';
import { launchChromium } from './test-page-stage.js';

const cargo = findCargo();
const METRICS = [
  'requests_total',
  'requests_success',
  'requests_error',
  'active_connections',
  'avg_response_time',
  'success_rate',
];

describe('clients as the documentation of others prints them', () => {
  let stack: TestStack;
  let browser: Browser;
  let folder: string;
  /** Where the stack serves the metrics stream, in place of `localhost:5900`. */
  let address: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-seeds-'));
    browser = await launchChromium();
    stack = await TestStack.up({
      METRICS_SAMPLE_INTERVAL: '1',
      METRICS_HISTORY: '600',
      METRICS_HEARTBEAT_INTERVAL: '1',
    });
    address = `127.0.0.1:${stack.ports.stream}`;
    await historyBegins();
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await browser.close();
    await stack.close();
  });

  /**
   * Resolves when there is a past: whoever asks from now on gets points. It knows the past by its list, the only one in
   * any event: names are for the printed clients to judge.
   */
  const historyBegins = async (): Promise<void> => {
    const client = await TextClient.connect(`ws://${address}/ws/metrics`);
    client.socket.on('message', () => {
      if (client.texts.at(-1)?.includes('[') === false) client.say('{"metrics":[],"include_history":true}');
    });
    await client.when((events) => events.some((event) => event.includes('[{')));
    await client.close();
  };

  const start = (command: string, words: readonly string[] = [], settings: Environment = {}): SeedProcess => {
    const client = new SeedProcess(command, words, settings);
    onTestFinished(() => client.end());
    return client;
  };

  /** A printed client in a file, to be run. */
  const written = (file: string): string => {
    const path = join(folder, file);
    writeFileSync(path, seedClient(file, address));
    return path;
  };

  const open = async (): Promise<SeenPage> => {
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    return watch(page);
  };

  it('Node.js with ws: Snapshots, and the past of every metric [metrics-1] [metrics-4]', async () => {
    const node = start(process.execPath, [written('metrics-node.cjs')], { NODE_PATH: join(checkout, 'node_modules') });
    await node.prints(/^Connected to metrics stream$/m);
    for (const metric of METRICS) await node.prints(new RegExp(`^${metric}: [1-9]\\d* data points$`, 'm'));
    await node.prints(
      /^\{\s+timestamp: '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ',\s+requests: \d+,\s+errors: \d+,\s+active: [1-9]\d*\s+\}$/m,
      2,
    );
    expect(node.output).not.toMatch(/^(Server|WebSocket) error:/m);
  });

  it('Python with websockets: Snapshots, and the past of two metrics [metrics-1] [metrics-4]', async () => {
    // To a pipe, Python would keep its lines until there are 8 KiB of them.
    const python = start(findPython(), [written('metrics-python.py')], { PYTHONUNBUFFERED: '1' });
    await python.prints(/^Historical requests_total: [1-9]\d* points$/m);
    await python.prints(/^Historical success_rate: [1-9]\d* points$/m);
    await python.prints(/^Total: \d+, Success Rate: \d+\.\d\d%$/m, 3);
    expect(python.output).not.toMatch(/^Error:/m);
  });

  it('a browser: the page shows what the Snapshots say, and goes on [metrics-1] [metrics-5]', async () => {
    const { page, said, complaints } = await open();
    const server = await serve(metricsPage(seedClient('metrics-browser.js', address)));
    onTestFinished(() => server.close());
    await page.goto(server.url);
    await expect.poll(text(page, 'total-requests')).toMatch(/^\d+$/);
    expect(await text(page, 'success-rate')()).toMatch(/^\d+\.\d\d%$/);
    expect(await text(page, 'avg-response-time')()).toMatch(/^\d+\.\d\dms$/);
    const before = Number(await text(page, 'total-requests')());
    await Promise.all(Array.from({ length: 10 }, () => fetch(`${stack.url}/version`)));
    await expect.poll(async () => Number(await text(page, 'total-requests')())).toBeGreaterThanOrEqual(before + 10);
    await expect.poll(() => said).toContain('Heartbeat received');
    expect(said).toContain('Connected to metrics stream');
    expect(complaints).toEqual([]);
  });

  it.skipIf(cargo === undefined)(
    'Rust with tokio-tungstenite: Snapshots [metrics-1] [metrics-2]',
    // The first build on a machine fetches and compiles fifty crates.
    { timeout: 900_000 },
    async (context) => {
      const build = await buildRustClient(mkdtempSync(join(folder, 'rust-')), address, cargo ?? '');
      if (!build.ok) {
        // A summary of passed files shows no reason of a skipped test.
        console.warn(build.why);
        context.skip(build.why);
        return;
      }
      const rust = start(build.binary);
      await rust.prints(/^Connected to metrics stream$/m);
      await rust.prints(/^Metrics - Total: \d+, Success Rate: \d+(\.\d+)?%$/m, 2);
      expect(rust.output).not.toMatch(/^Error:/m);
    },
  );

  it('the admin page: four totals and a row a connection, brought up to date by itself [stats-1] [stats-2]', async () => {
    const ada = await TextClient.connect(`${stack.socketUrl}/ws/ada`);
    await say(ada, 'ada', 'here');
    const bob = await TextClient.connect(`${stack.socketUrl}/ws/bob`);
    await say(bob, 'bob', 'here');
    await ada.hears('Client #bob says: here');
    const eve = await TestClient.connect(`${stack.socketUrl}/ws?client_id=eve`);
    await eve.publish('news', 'hello');

    const { page, complaints } = await open();
    const html = seedPage('admin-dashboard.html');
    await page.route(`${stack.url}/seed-admin`, (route) => route.fulfill({ contentType: 'text/html', body: html }));
    await page.goto(`${stack.url}/seed-admin`);
    await expect
      .poll(() => rows(page))
      .toMatchObject([
        { client: 'ada', received: '1', sent: '3' },
        { client: 'bob', received: '1', sent: '2' },
        { client: 'eve', received: '1' },
      ]);
    // The totals of another worker are up to a second old [stats-1]: the page may show them at its next fetch only.
    await expect.poll(() => totals(page)).toMatchObject({ active: 3 });
    const before = await totals(page);
    expect(before.connections).toBeGreaterThanOrEqual(3);
    expect(before.received).toBeGreaterThanOrEqual(3);
    expect(await page.locator('#connections-body').textContent()).not.toMatch(/undefined|null|NaN|Invalid Date/);

    await say(ada, 'ada', 'again');
    await bob.hears('Client #ada says: again');
    await expect
      .poll(() => rows(page))
      .toMatchObject([
        { client: 'ada', received: '2', sent: '5' },
        { client: 'bob', received: '1', sent: '3' },
        { client: 'eve', received: '1' },
      ]);
    await expect.poll(async () => (await totals(page)).received).toBeGreaterThanOrEqual(before.received + 1);
    await expect.poll(async () => (await totals(page)).sent).toBeGreaterThanOrEqual(before.sent + 3);
    expect(await totals(page)).toMatchObject({ active: 3 });
    expect(complaints).toEqual([]);
    await Promise.all([ada.close(), bob.close(), eve.close()]);
  });
});

const say = async (client: TextClient, name: string, line: string): Promise<void> => {
  client.say(line);
  await client.hears(`Client #${name} says: ${line}`);
};
