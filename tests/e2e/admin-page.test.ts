import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { answerWith, cellsOf, later, laterText, listed, watchRequests } from './admin-page-actions.js';
import { useAdminPage } from './admin-page-stage.js';
import { button, soon, text } from './test-page-actions.js';

describe('the admin page in a browser', () => {
  const room = useAdminPage();
  const choose = async (page: Page, limit: string, range: string): Promise<void> => {
    await page.getByLabel('Per page').selectOption(limit);
    await expect.poll(text(page, 'range'), soon).toBe(range);
  };
  const turn = async (page: Page, to: 'Previous' | 'Next', range: string): Promise<string[]> => {
    await button(page, to).click();
    await expect.poll(text(page, 'range'), soon).toBe(range);
    return listed(page);
  };

  it('shows the figures of the cluster, and who is connected to which worker over which endpoint', async () => {
    await room.connect('blue', '/ws?client_id=ada');
    await room.connect('blue', '/ws/metrics');
    const bob = await room.connect('green', '/ws/bob');
    const chat = await room.connect('green', '/ws/chat/');
    bob.say('one');
    bob.say('two');
    chat.say('three');
    await bob.hears('You sent: two');

    const page = await room.open();
    await expect.poll(laterText(page, 'messages-received'), soon).toBe('3');
    expect(await text(page, 'total-connections')()).toBe('4');
    expect(await text(page, 'active-connections')()).toBe('4');
    expect(Number(await text(page, 'messages-sent')())).toBeGreaterThanOrEqual(4);
    expect(await text(page, 'range')()).toBe('1–4 of 4');
    const [id, ...ofAda] = await cellsOf(page, 'ada');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(ofAda.join(' ')).toMatch(/^ada (.*\d\d:\d\d:\d\d ){2}\d+ 0 \d+ 127\.0\.0\.1 blue 1 channels$/);
    expect((await cellsOf(page, 'bob')).slice(5).join(' ')).toMatch(/^2 \d+ 127\.0\.0\.1 green 1 plain$/);
    expect((await cellsOf(page, 'metrics')).slice(8)).toStrictEqual(['blue', '1', 'metrics']);
    expect((await cellsOf(page, 'chat')).slice(8)).toStrictEqual(['green', '1', 'chat']);
    expect(await page.locator('tr[data-color=green]').count()).toBe(2);
  });

  it('lists more connections than fit a page, each on one page only, and goes back', async () => {
    await room.gather('blue', 30);
    await room.gather('green', 30);
    const page = await room.open();
    await expect.poll(laterText(page, 'range'), soon).toBe('1–60 of 60');
    await choose(page, '25', '1–25 of 60');
    const first = await listed(page);
    const second = await turn(page, 'Next', '26–50 of 60');
    const third = await turn(page, 'Next', '51–60 of 60');
    expect([first.length, second.length, third.length]).toStrictEqual([25, 25, 10]);
    expect(new Set([...first, ...second, ...third]).size).toBe(60);
    expect(await button(page, 'Next').getAttribute('aria-disabled')).toBe('true');
    expect(await turn(page, 'Previous', '26–50 of 60')).toStrictEqual(second);
    expect(await turn(page, 'Previous', '1–25 of 60')).toStrictEqual(first);
    expect(await button(page, 'Previous').getAttribute('aria-disabled')).toBe('true');
    const requests = watchRequests(page);
    await button(page, 'Previous').press('Enter');
    await choose(page, '500', '1–60 of 60');
    expect(requests.asked).toBe(1);
  });

  it('stays on its page as time goes by, until everybody there has left', async () => {
    const [first, other] = await room.gather('blue', 25);
    const onSecond = await room.gather('green', 5);
    const page = await room.open();
    await expect.poll(laterText(page, 'range'), soon).toBe('1–30 of 30');
    await choose(page, '25', '1–25 of 30');
    const second = await turn(page, 'Next', '26–30 of 30');
    await room.connect('blue', '/ws/ada');
    await expect.poll(laterText(page, 'range'), soon).toBe('27–31 of 31');
    await Promise.all([first?.close(), other?.close()]);
    await expect.poll(laterText(page, 'range'), soon).toBe('25–29 of 29');
    expect(await listed(page)).toStrictEqual(second);
    await Promise.all(onSecond.map((client) => client.close()));
    await expect.poll(laterText(page, 'range'), soon).toBe('1–24 of 24');
  });

  it('begins at the first page again when the server does not know its place any more', async () => {
    await room.gather('blue', 30);
    const page = await room.open();
    await choose(page, '25', '1–25 of 30');
    await turn(page, 'Next', '26–30 of 30');
    await page.route('**/ws-stats?*cursor=*', (route) =>
      route.fulfill({ status: 400, json: { error: 'no such place' } }),
    );
    await later(page);
    await expect.poll(text(page, 'status'), soon).toMatch(/^Not updated: no such place\. .* old/);
    await expect.poll(laterText(page, 'range'), soon).toBe('1–25 of 30');
  });

  it('shows names as text, never as HTML, and a dash for a client whose session is being opened', async () => {
    const page = await room.open();
    const html = '<img src="/nowhere" onerror="document.title = 1"><b>bold</b>';
    await answerWith(page, [
      { connection_id: 'c1', client_id: html },
      { connection_id: 'c2', client_id: null },
    ]);
    await expect.poll(laterText(page, 'total-connections'), soon).toBe('12,345');
    expect((await cellsOf(page, 'c1')).slice(0, 2)).toStrictEqual(['c1', html]);
    expect((await cellsOf(page, 'c2')).slice(0, 2)).toStrictEqual(['c2', '–']);
    expect(await page.locator('#connections-body :is(img, b)').count()).toBe(0);
  });

  it('shows when somebody connected by the clock of whoever looks, with the day unless it is today', async () => {
    const page = await room.open({ timezoneId: 'Asia/Tokyo' });
    const now = await page.evaluate<string>('new Date().toISOString()');
    await answerWith(page, [{ connection_id: 'c1', connected_at: '2020-02-03T23:05:06.700Z', last_activity: now }]);
    await expect.poll(laterText(page, 'range'), soon).toBe('1–1 of 1');
    expect((await cellsOf(page, 'c1'))[2]).toBe('2020-02-04 08:05:06');
    expect((await cellsOf(page, 'c1'))[3]).toMatch(/^\d\d:\d\d:\d\d$/);
  });

  it('can be used with the keyboard alone, and leaves the focus where it was', async () => {
    await room.gather('blue', 30);
    const page = await room.open();
    const focused = (): Promise<string> => page.evaluate('document.activeElement.id || document.activeElement.href');
    await expect.poll(laterText(page, 'range'), soon).toBe('1–30 of 30');
    for (const key of ['Tab', 'Tab', 'ArrowUp']) await page.keyboard.press(key);
    await expect.poll(text(page, 'range'), soon).toBe('1–25 of 30');
    for (const key of ['Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
    await expect.poll(text(page, 'range'), soon).toBe('26–30 of 30');
    expect(await focused()).toBe('next');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    await expect.poll(text(page, 'range'), soon).toBe('1–25 of 30');
    expect(await focused()).toBe('previous');
    for (const key of ['Tab', 'Tab']) await page.keyboard.press(key);
    expect(await focused()).toBe('connections-scroll');
  });

  it('leads to the test page and back', async () => {
    const page = await room.open({}, '/admin/');
    await page.getByRole('link', { name: 'Test page' }).click();
    await page.getByRole('heading', { name: 'Switchyard' }).waitFor(soon);
    await page.getByRole('link', { name: 'admin page' }).click();
    await page.getByRole('heading', { name: 'WebSocket Monitoring Dashboard' }).waitFor(soon);
    expect(new URL(page.url()).pathname).toBe('/admin');
  });

  it.each([320, 390, 768, 1280])('fits a screen of %i pixels: only the table scrolls sideways', async (width) => {
    await room.connect('blue', `/ws/${'a-rather-long-name-'.repeat(3)}`);
    const page = await room.open({ viewport: { width, height: 800 } });
    await expect.poll(laterText(page, 'active-connections'), soon).toBe('1');
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.locator('#connections-table').hover({ position: { x: 20, y: 20 } });
    await page.mouse.wheel(2_000, 0);
    const right = (): Promise<number> =>
      page.evaluate('document.querySelector("thead th:last-child").getBoundingClientRect().right');
    await expect.poll(right, soon).toBeLessThanOrEqual(width);
    expect(await page.evaluate<number>('scrollX')).toBe(0);
  });
});
