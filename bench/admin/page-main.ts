// Whether the admin page stays usable beside a crowd: `make bench-admin-page` (CLIENTS= RATE= MINUTES= PROFILE=). It brings up a private
// stack, has a person's doings repeated on the page in Chromium all the time, promotes half-way, and prints how long the page took
// from an input to the next paint, and what its memory did. Exit code 0 when both are as promised.
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import { holds, launch, openAdmin } from './browser.js';
import { readSettings } from './config.js';
import { judge, mb, print, type Input, type Span } from './page-judgement.js';
import { PrivateStack } from '../private-stack.js';

const LOW_PRIORITY = 10;
const HEAP_EVERY_MS = 15_000;
const SETTLE_MS = 5_000;
const SAMPLE_US = 500;

/**
 * Every input on the page from now on: how long until the paint that shows what came of it, ms, as the browser itself measures;
 * and each task of the page that held its thread for 50 ms or more.
 */
const WATCH = `
  window.inputs = [];
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { name, startTime, duration, interactionId, target, processingStart, processingEnd } of list.getEntries()) {
      const delay = Math.round(processingStart - startTime);
      const work = Math.round(processingEnd - processingStart);
      const on = target?.id || target?.textContent || 'what is gone';
      if (interactionId > 0) inputs.push({ name, startTime, duration, delay, work, on });
    }
  }).observe({ type: 'event', durationThreshold: 16, buffered: false });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) longTasks.push({ startTime, duration });
  }).observe({ type: 'longtask', buffered: false });
`;

/** What a person does, once. */
const interact = async (page: Page, round: number): Promise<void> => {
  const search = page.getByLabel('Search connections');
  await search.click();
  await page.keyboard.type(String(round % 10));
  await page.getByRole('button', { name: 'Messages Sent' }).click();
  await sleep(400);
  await search.fill('');
  await page.locator('#next').click();
  await sleep(400);
  await page.getByRole('button', { name: 'Idle (s)' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Show').selectOption(round % 2 === 0 ? '60' : '300');
  await page.locator('#connections-scroll').hover();
  await page.mouse.wheel(0, 600);
  await page.locator('[data-action=disconnect]').first().click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await sleep(400);
  await page
    .locator('#channels-body [aria-expanded=false]')
    .nth(round % 7)
    .click();
  await page.locator('#presence-body button').first().waitFor();
};

const heapOf = async (session: CDPSession): Promise<number> => {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
};

const run = async (): Promise<boolean> => {
  const { CLIENTS: clients, RATE: rate, MINUTES: minutes, PROFILE: profile } = readSettings();
  print(
    `${clients} connections, ${rate} messages/s, ${minutes} minutes, a promote half-way; a private stack comes up …`,
  );
  const browser = await launch();
  // Who looks at the page sits at another machine: what this one does for the cluster and its crowd must not pass for the page's.
  setPriority(LOW_PRIORITY);
  const stack = await PrivateStack.up().catch(async (error: unknown) => {
    await browser.close();
    throw error;
  });
  const crowd = stack.crowd(clients, rate, minutes * 60 + 120);
  let lastWords = '';
  crowd.stdout?.on('data', (chunk: Buffer) => (lastWords = chunk.toString().trim()));
  try {
    const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    await openAdmin(page, stack.url);
    await holds(
      page,
      `Number(document.getElementById('active-connections').textContent.replaceAll(',', '')) >= ${clients}`,
    );
    const session = await page.context().newCDPSession(page);
    await sleep(SETTLE_MS);
    await interact(page, 0);
    await page.evaluate(WATCH);
    if (profile !== undefined) await startProfile(session);
    const heaps: number[] = [];
    const beganAt = performance.now();
    const endsAt = beganAt + minutes * 60_000;
    let measuredAt = -Infinity;
    let promoted: ReturnType<PrivateStack['promote']> | undefined;
    let wasSeen = false;
    for (let round = 1; performance.now() < endsAt; round += 1) {
      if (performance.now() - measuredAt >= HEAP_EVERY_MS) {
        measuredAt = performance.now();
        heaps.push(await heapOf(session));
        print(
          `  ${Math.round((measuredAt - beganAt) / 1_000)} s: heap ${mb(heaps.at(-1) ?? 0)}, ${await nodesOf(page)} nodes; ${lastWords}`,
        );
      }
      if (promoted === undefined && performance.now() > beganAt + (minutes * 60_000) / 2) promoted = stack.promote();
      await interact(page, round);
      wasSeen ||= (await page.locator('#deploy-step', { hasText: 'connections are moved' }).count()) > 0;
    }
    const verb = await promoted;
    await page.locator('#deploy-step', { hasText: /done|failed/ }).waitFor({ timeout: 60_000 });
    heaps.push(await heapOf(session));
    if (profile !== undefined) writeFileSync(profile, await profileOf(session));
    const outcome = `${await page.locator('#deploy-step').textContent()}, ${await page.locator('#deploy-figures').textContent()}`;
    return judge({
      inputs: await page.evaluate<Input[]>('inputs'),
      longTasks: await page.evaluate<Span[]>('longTasks'),
      heaps,
      complaints,
      outcome,
      wasSeen,
      promoted: verb?.code === 0,
      words: verb?.output ?? '',
    });
  } finally {
    crowd.kill();
    await browser.close();
    await stack.down();
  }
};

const startProfile = async (session: CDPSession): Promise<void> => {
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await session.send('Profiler.start');
};

const profileOf = async (session: CDPSession): Promise<string> =>
  JSON.stringify((await session.send('Profiler.stop')).profile);

const nodesOf = (page: Page): Promise<number> => page.evaluate<number>(`document.querySelectorAll('*').length`);

run().then(
  (isWell) => {
    process.exitCode = isWell ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`bench-admin-page: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
