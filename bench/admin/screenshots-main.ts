// The pictures of the README: `make screenshots`. A private stack with traffic on it, the admin page while a promote goes on,
// and the test page with a conversation. They are written to docs/images.
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { holds, launch, openAdmin } from './browser.js';
import { PrivateStack } from '../private-stack.js';

const folder = join(dirname(resolve(fileURLToPath(new URL('../..', import.meta.url)))), 'docs/images');
const MAX_BYTES = 200_000;
const CLIENTS = 400;
const RATE = 60;
/** So long the charts get something to show before anything happens. */
const TRAFFIC_MS = 45_000;
/** A machine that is busy takes so long until connections are moved. */
const DEPLOY_MS = 120_000;

const keep = async (page: Page, name: string): Promise<void> => {
  const path = join(folder, name);
  await page.screenshot({ path });
  const { size } = statSync(path);
  process.stdout.write(`${path}: ${Math.round(size / 1_000)} KB\n`);
  if (size > MAX_BYTES) throw new Error(`${name} has more than ${MAX_BYTES / 1_000} KB`);
};

const adminPicture = async (browser: Browser, stack: PrivateStack): Promise<void> => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1090 }, colorScheme: 'light' });
  await openAdmin(page, stack.url);
  await page.getByLabel('Show').selectOption('60');
  await sleep(TRAFFIC_MS);
  const promoted = stack.promote().then(({ code, output }) => {
    if (code !== 0) throw new Error(output);
  });
  await Promise.race([
    page.locator('#deploy-step', { hasText: 'connections are moved' }).waitFor({ timeout: DEPLOY_MS }),
    promoted,
  ]);
  // Most have gone over: both colors are drawn.
  const isMostlyMoved = `parseInt(document.getElementById('deploy-figures').textContent, 10) > ${CLIENTS * 0.5}`;
  await Promise.race([holds(page, isMostlyMoved), promoted]);
  await keep(page, 'admin.png');
  await promoted;
};

const testPagePicture = async (browser: Browser, stack: PrivateStack): Promise<void> => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  await page.goto(stack.url);
  for (const [index, endpoint] of ['/ws', '/ws/chat/', '/ws'].entries()) {
    if (index > 0) await page.getByRole('button', { name: 'Add a connection' }).click();
    await page.locator('#status', { hasText: 'Not connected' }).waitFor();
    await page.locator(`input[value="${endpoint}"] + span`).click();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.locator('#status', { hasText: /^Connected/ }).waitFor();
  }
  await page.getByLabel('Channel to subscribe to').fill('crowd:1');
  await page.keyboard.press('Enter');
  await sleep(8_000);
  await keep(page, 'test-page.png');
};

const run = async (): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  // Slow enough that a picture can be taken of it.
  const stack = await PrivateStack.up({ DRAIN_RATE: '100', DRAIN_TIMEOUT: '180', BAKE_SECONDS: '3' });
  const browser = await launch();
  const crowd = stack.crowd(CLIENTS, RATE, 600);
  crowd.stdout?.resume();
  try {
    await adminPicture(browser, stack);
    await testPagePicture(browser, stack);
  } finally {
    crowd.kill();
    await browser.close();
    await stack.down();
  }
};

run().catch((error: unknown) => {
  process.stderr.write(`screenshots: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
