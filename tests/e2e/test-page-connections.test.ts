import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { seriousFindings } from './accessibility.js';
import { keepScreenshot } from './artifacts.js';
import { useBrowserStage } from './browser-stage.js';
import {
  addConnection,
  button,
  card,
  connectPage,
  look,
  publish,
  say,
  soon,
  subscribe,
  text,
} from './test-page-actions.js';

const badges = (page: Page) => (): Promise<string[]> => page.locator('.card .badge').allTextContents();
const shown = (page: Page, type: string) => page.locator(`.row[data-type="${type}"]:visible`);

describe('several connections side by side', () => {
  const on = useBrowserStage();
  const { open } = on;

  it('hear one another, are seen to move, come back after a reload, and are closed one by one [resume-1] [move-3]', async () => {
    const page = await open();
    await connectPage(page, '/ws/chat/');
    for (let n = 2; n <= 4; n += 1) await addConnection(page, '/ws/chat/');
    expect(await badges(page)()).toEqual(Array.from({ length: 4 }, () => 'blue 1'));
    await look(page, 1);
    await say(page, 'to everybody');
    for (const n of [1, 2, 3, 4]) await card(page, n).getByText('1 received').waitFor(soon);
    expect(await text(page, 'count-sent')()).toBe('1');
    await look(page, 2);
    await expect.poll(text(page, 'count-sent')).toBe('0');

    await look(page, 1);
    on.stage.switchToGreen();
    on.stage.blue.app.draining.begin('deploy');
    await expect.poll(badges(page), soon).toEqual(Array.from({ length: 4 }, () => 'green 1'));
    await expect
      .poll(text(page, 'notice'), soon)
      .toMatch(/^(Moved from blue 1 to|Back on) green 1.*: nothing (lost|missed)$/);
    const clients = new Set<string | null>();
    for (const n of [1, 2, 3, 4]) {
      await look(page, n);
      clients.add(await page.locator('#fact-client').textContent());
    }

    await page.reload();
    await expect.poll(badges(page), soon).toEqual(Array.from({ length: 4 }, () => 'green 1'));
    await look(page, 3);
    await expect.poll(text(page, 'fact-resumed'), soon).toBe('yes');
    expect(clients).toContain(await text(page, 'fact-client')());
    expect(clients.size).toBe(4);
    await button(page, 'Close connection 2').click();
    await expect
      .poll(() => page.locator('.card .number').allTextContents())
      .toEqual(['Connection 1', 'Connection 3', 'Connection 4']);
    expect(await page.evaluate<string>('document.activeElement.textContent')).toMatch(/^Connection 3/);
    await expect.poll(() => on.stage.green.app.connections.size, soon).toBe(3);
    await button(page, 'Add a connection').click();
    await page.locator('#status', { hasText: 'Not connected' }).waitFor(soon);
    expect(await text(page, 'fact-session')()).toBe('–');
  });

  it('shows on /ws that a move lost nothing, and after a cut that nothing was missed [move-4] [resume-2]', async () => {
    const page = await open();
    await connectPage(page, '/ws');
    await subscribe(page, 'room:1');
    on.stage.switchToGreen();
    on.stage.blue.app.draining.begin('deploy');
    await expect.poll(text(page, 'notice'), soon).toBe('Moved from blue 1 to green 1: nothing lost');
    await card(page, 1).getByText('moved 1×').waitFor(soon);
    on.stage.cut();
    await expect.poll(text(page, 'notice'), soon).toBe('Back on green 1, resumed: nothing missed');
    expect(await shown(page, 'moved').count()).toBe(1);
  });

  it('measures each publish to its ack and back, and shows the history of a channel [history-1]', async () => {
    const page = await open();
    await connectPage(page, '/ws');
    await subscribe(page, 'room:1');
    await publish(page, 'room:1', '{"n": 1}');
    for (const id of ['ack-last', 'ack-median', 'ack-p95', 'delivery-last', 'delivery-p95']) {
      await expect.poll(text(page, id), soon).toMatch(/^\d+\.\d ms$/);
    }
    await button(page, 'Measure').click();
    await expect.poll(text(page, 'count-acked'), soon).toBe('21');
    const chart = page.locator('#latency-chart');
    await expect
      .poll(() => chart.getAttribute('aria-label'), soon)
      .toMatch(/^Chart of the last 21 round trips: acks took \d/);
    expect(await chart.locator('canvas').count()).toBe(1);
    await chart.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'test-page-latency');
    await button(page, 'History of room:1').click();
    const kept = page.locator('#history-list li');
    await expect.poll(() => kept.last().textContent(), soon).toMatch(/^#21 anon-\w+: \{"measure":20\}$/);
    expect(await kept.count()).toBe(21);
    expect(await kept.first().textContent()).toBe('Older ones are left out');
  });

  it('filters, pauses and copies the frames', async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await connectPage(page, '/ws');
    await subscribe(page, 'room:1');
    await addConnection(page, '/ws/chat/');
    await say(page, 'a needle');
    await shown(page, 'ack').waitFor(soon);
    await page.getByLabel('Filter frames').fill('NEEDLE');
    await expect.poll(() => page.locator('.row:visible').count()).toBe(2);
    await page.getByLabel('Filter frames').fill('');
    await page.getByLabel('This connection only').check();
    await expect.poll(() => shown(page, 'subscribe').count()).toBe(0);
    await look(page, 1);
    await expect.poll(() => shown(page, 'subscribe').count()).toBe(1);
    expect(await shown(page, 'ack').count()).toBe(0);

    await button(page, 'Pause').click();
    await publish(page, 'room:1', 'held back');
    await expect.poll(text(page, 'count-received'), soon).toBe('1');
    await page.getByRole('button', { name: /^Resume \([1-9]/ }).waitFor(soon);
    expect(await shown(page, 'message').count()).toBe(0);
    await page.getByRole('button', { name: /^Resume/ }).click();
    await shown(page, 'message').waitFor(soon);

    await button(page, 'Copy').click();
    await expect.poll(text(page, 'log-told'), soon).toMatch(/^Copied \d+$/);
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(copied).toMatch(/^[\d-]+T[\d:.]+Z\t1\tsent\tblue 1\t\{"type":"publish".*"held back".*\}$/m);
    const session = await page.evaluate<string>('sessionStorage.getItem("switchyard.session")');
    expect(copied).toContain(`"session_id":"${session.slice(0, 8)}…"`);
    expect(copied).not.toContain(session);
  });

  it('keeps nobody out, dark or light, on a screen or a phone, and remembers a theme that was chosen', async () => {
    const page = await open({ colorScheme: 'light', viewport: { width: 1280, height: 900 } });
    await connectPage(page, '/ws');
    await subscribe(page, 'room:1');
    await publish(page, 'room:1', 'hello');
    await expect.poll(text(page, 'count-received'), soon).toBe('1');
    await button(page, 'History of room:1').click();
    await page.locator('#history-list li').waitFor(soon);
    await addConnection(page, '/ws/chat/');
    await say(page, 'hello');
    await shown(page, 'ack').first().waitFor(soon);
    const ground = (): Promise<string> => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    expect(await seriousFindings(page)).toEqual([]);
    await keepScreenshot(page, 'test-page-light');
    await page.getByLabel('Theme').selectOption('dark');
    const dark = await ground();
    expect(dark).not.toBe(light);
    expect(await seriousFindings(page)).toEqual([]);
    await keepScreenshot(page, 'test-page-dark');

    await page.setViewportSize({ width: 360, height: 740 });
    await look(page, 1);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(360);
    expect(await seriousFindings(page)).toEqual([]);
    await keepScreenshot(page, 'test-page-phone');
    await page.reload();
    expect(await ground()).toBe(dark);
    await page.getByLabel('Theme').selectOption('system');
    expect(await ground()).toBe(light);
    expect(await seriousFindings(page)).toEqual([]);
  });
});
