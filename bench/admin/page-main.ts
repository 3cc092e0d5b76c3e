// Whether the admin page stays usable beside a crowd: `make bench-admin-page` (CLIENTS= RATE= MINUTES=). It brings up a private
// stack, has a person's doings repeated on the page in Chromium all the time, promotes half-way, and prints how long the page took
// from an input to the next paint, and what its memory did. Exit code 0 when both are as promised.
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import { holds, launch, openAdmin } from './browser.js';
import { readSettings } from './config.js';
import { PrivateStack } from '../private-stack.js';

const LOW_PRIORITY = 10;
const INTERACTION_MS = 100;
/** So much may the heap grow from its first measurement to the last: what is collected is never exactly the same. */
const HEAP_SHARE = 1.1;
const HEAP_SPARE = 1024 * 1024;
const HEAP_EVERY_MS = 15_000;
const SETTLE_MS = 5_000;
const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Every input on the page from now on: how long until the paint that shows what came of it, ms, as the browser itself measures. */
const WATCH = `
  window.inputs = [];
  new PerformanceObserver((list) => {
    for (const { name, duration, interactionId, target, processingStart, processingEnd } of list.getEntries()) {
      const work = Math.round(processingEnd - processingStart);
      if (interactionId > 0) inputs.push({ name, duration, work, on: target?.id || target?.textContent || 'what is gone' });
    }
  }).observe({ type: 'event', durationThreshold: 16, buffered: false });
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
  const { CLIENTS: clients, RATE: rate, MINUTES: minutes } = readSettings();
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
    const outcome = `${await page.locator('#deploy-step').textContent()}, ${await page.locator('#deploy-figures').textContent()}`;
    const inputs = await page.evaluate<Input[]>('inputs');
    return judge({
      inputs,
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

/** `work`: of the duration the part that the page's own scripts took, ms. */
type Input = Readonly<{ name: string; on: string; duration: number; work: number }>;

type Seen = Readonly<{
  inputs: readonly Input[];
  heaps: readonly number[];
  complaints: readonly string[];
  /** What the page said of the promote at last, and whether it showed the move while it went on. */
  outcome: string;
  wasSeen: boolean;
  promoted: boolean;
  words: string;
}>;

const judge = ({ inputs, heaps, complaints, outcome, wasSeen, promoted, words }: Seen): boolean => {
  const durations = inputs.map(({ duration }) => duration).sort((a, b) => a - b);
  const at = (share: number): number => durations[Math.floor((durations.length - 1) * share)] ?? 0;
  const [first = 0] = heaps;
  const last = heaps.at(-1) ?? 0;
  const isQuick = at(1) < INTERACTION_MS;
  const isFlat = last <= first * HEAP_SHARE + HEAP_SPARE;
  const isWell = complaints.length === 0 && promoted && wasSeen;
  print(
    `${mark(isQuick)} input to next paint, of ${durations.length} that took 16 ms or more: p50 ${at(0.5)} ms, p98 ${at(0.98)} ms, at most ${at(1)} ms (promised: below ${INTERACTION_MS})`,
  );
  print(`  the slowest: ${slowest(inputs)}`);
  print(`${mark(isFlat)} heap after a collection: ${heaps.map(mb).join(', ')}`);
  print(
    `${mark(isWell)} the page saw the promote${wasSeen ? ' as it moved connections' : ' only at its end'}: ${outcome}`,
  );
  for (const complaint of complaints) print(`  the page failed: ${complaint}`);
  if (!promoted) print(words);
  return isQuick && isFlat && isWell;
};

const slowest = (inputs: Seen['inputs']): string =>
  inputs
    .toSorted((a, b) => b.duration - a.duration)
    .slice(0, 8)
    .map(({ name, on, duration, work }) => `${name} on ${on} ${duration} ms (${work} of it in scripts)`)
    .join(', ');

const nodesOf = (page: Page): Promise<number> => page.evaluate<number>(`document.querySelectorAll('*').length`);
const mb = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
const mark = (isWell: boolean): string => (isWell ? '✓' : '✗');

run().then(
  (isWell) => {
    process.exitCode = isWell ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`bench-admin-page: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
