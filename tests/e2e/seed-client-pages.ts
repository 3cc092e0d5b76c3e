import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { seeds } from './seed-client-runner.js';

/** A printed page. It asks where it came from; nothing is changed in it. */
export const seedPage = (file: string): string => readFileSync(join(seeds, file), 'utf8');

/** A page around the printed browser client, with what the document leaves to the reader. */
export const metricsPage = (client: string): string => `<!doctype html>
<p id="total-requests"></p><p id="success-rate"></p><p id="avg-response-time"></p>
<script>
  function renderChart() {}
  function reconnect() {}
</script>
<script>${client}</script>`;

export type PageServer = Readonly<{ url: string; close(): Promise<void> }>;

/** Serves one page. A page that Playwright makes up may not open a WebSocket to this machine; one that came from it may. */
export const serve = async (html: string): Promise<PageServer> => {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${port}/`, close };
};

/** A page, what its script says on the console, and what went wrong in it. */
export type SeenPage = Readonly<{ page: Page; said: string[]; complaints: string[] }>;

export const watch = (page: Page): SeenPage => {
  const said: string[] = [];
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => (message.type() === 'error' ? complaints : said).push(message.text()));
  return { page, said, complaints };
};

type Row = Readonly<{ client: string | undefined; received: string | undefined; sent: string | undefined }>;

/** The rows of the admin page, by client. */
export const rows = async (page: Page): Promise<Row[]> => {
  const lines = await page.locator('#connections-body tr').allInnerTexts();
  return lines
    .map((line) => line.split('\t'))
    .map(([, client, , , , received, sent]) => ({ client, received, sent }))
    .sort((a, b) => (a.client ?? '').localeCompare(b.client ?? ''));
};

/** The four boxes of the admin page. */
export const totals = async (page: Page): Promise<Record<'connections' | 'active' | 'received' | 'sent', number>> => {
  const [total, active, received, sent] = await page.locator('.stat-value').allTextContents();
  return { connections: Number(total), active: Number(active), received: Number(received), sent: Number(sent) };
};
