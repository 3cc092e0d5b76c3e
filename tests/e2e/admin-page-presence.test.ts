import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { seriousFindings } from './accessibility.js';
import { logIn, names } from './admin-page-actions.js';
import { keepScreenshot } from './artifacts.js';
import { useAdminPage } from './admin-page-stage.js';
import { button, soon, text } from './test-page-actions.js';

describe('who is in a channel, on the admin page', () => {
  const room = useAdminPage();
  /** As a person does who has only a keyboard. */
  const open = async (page: Page, channel: string): Promise<void> => {
    await page.locator('#channels-body').getByRole('button', { name: channel, exact: true }).focus();
    await page.keyboard.press('Enter');
  };
  const rows = (page: Page): Promise<string[]> => page.locator('#presence-body tr').allInnerTexts();
  const clients = (page: Page): Promise<string[]> => page.locator('#presence-body th').allInnerTexts();
  const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement.id');

  it('[admin-8] names them over both colors, follows who comes and leaves, and leads back, with the keyboard alone', async () => {
    const ada = await room.come('blue', '?client_id=ada', 'room');
    await room.come('green', '?client_id=bob', 'room');
    await room.come('blue', '?client_id=bob', 'room', 'hall');
    await room.come('green', '', 'room');
    const page = await room.open();
    await open(page, 'room');
    await expect.poll(text(page, 'presence-summary'), soon).toBe('3 clients, 1 anonymous');
    expect(await focused(page)).toBe('presence-title');
    expect(await text(page, 'presence-title')()).toBe('Who is in room');
    expect(await text(page, 'presence-range')()).toBe('1–3 of 3');
    const seen = (await rows(page)).toSorted();
    expect(seen[0]).toMatch(/^ada\s+1\s+\d\d:\d\d:\d\d$/);
    expect(seen[1]).toMatch(/^anon-[0-9a-f]{8}\s+1\s+\d\d:\d\d:\d\d$/);
    expect(seen[2]).toMatch(/^bob\s+2\s+\d\d:\d\d:\d\d$/);
    await ada.close();
    await expect.poll(text(page, 'presence-summary'), { timeout: 12_000 }).toBe('2 clients, 1 anonymous');
    expect((await clients(page)).includes('ada')).toBe(false);
    await page.keyboard.press('Escape');
    expect(await page.locator('#presence').isVisible()).toBe(false);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('room');
    await open(page, 'hall');
    await expect.poll(() => clients(page), soon).toStrictEqual(['bob']);
    await open(page, 'hall');
    expect(await page.locator('#presence').isVisible()).toBe(false);
  });

  it('[admin-8] leads to the connections of a client', async () => {
    await room.come('blue', '?client_id=ada', 'room');
    await room.come('green', '?client_id=bob', 'room');
    const page = await room.open();
    await page.getByLabel('Color').selectOption('blue');
    await open(page, 'room');
    await page.locator('#presence-body').getByRole('button', { name: 'bob' }).click();
    await expect.poll(() => names(page), soon).toStrictEqual(['bob']);
    expect(await focused(page)).toBe('search');
  });

  it('[admin-8] comes page by page, asks no more once it is closed, and names nobody of the plain chat', async () => {
    for (let n = 1; n <= 52; n += 1) await room.come(n % 2 === 0 ? 'blue' : 'green', `?client_id=c${n}`, 'crowd');
    await room.connect('blue', '/ws/ann');
    const page = await room.openDoor();
    await page.clock.install();
    await logIn(page);
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/admin/api/presence')) asked += 1;
    });
    await open(page, 'crowd');
    await expect.poll(text(page, 'presence-range'), soon).toBe('1–50 of 52');
    const first = await clients(page);
    const turn = async (to: 'Previous' | 'Next', range: string): Promise<string[]> => {
      await page.locator('#presence').getByRole('button', { name: to }).click();
      await expect.poll(text(page, 'presence-range'), soon).toBe(range);
      return clients(page);
    };
    expect(new Set([...first, ...(await turn('Next', '51–52 of 52'))]).size).toBe(52);
    expect(await turn('Previous', '1–50 of 52')).toStrictEqual(first);
    await button(page, 'Close').click();
    const before = asked;
    // It would have been asked for four times.
    const others = page.waitForRequest('**/admin/api/channels?*', soon);
    await page.clock.runFor(20_000);
    await others;
    expect(asked).toBe(before);
    await open(page, '~plain (the plain chat)');
    await expect.poll(text(page, 'presence-summary'), soon).toContain('find them above, by the endpoint plain');
    expect(await clients(page)).toStrictEqual([]);
    expect(asked).toBe(before);
  });

  it('[admin-8] shows what a token says of them as text, never as HTML, and in words what failed', async () => {
    await room.come('blue', '?client_id=ada', 'room');
    const page = await room.openDoor();
    const html = '<img src="/nowhere" onerror="document.title = 1">';
    const joined = { connections: 1, joined_at: '2020-02-03T10:05:06.700Z' };
    const told = [
      { ...joined, client_id: html, info: { role: html } },
      { ...joined, client_id: 'bob' },
    ];
    const answer = { clients: told, count: 1_020, anonymous: 500, anonymous_among: 1_000, next_cursor: '17' };
    await page.route('**/admin/api/presence?*', (route) => route.fulfill({ json: answer }));
    await logIn(page);
    await open(page, 'room');
    await expect.poll(text(page, 'presence-summary'), soon).toBe('1,020 clients, 500 anonymous among the first 1,000');
    expect(await page.locator('#presence-body tr').first().locator('th, td').allInnerTexts()).toStrictEqual([
      html,
      '1',
      expect.stringMatching(/^2020-02-0[34] /),
      JSON.stringify({ role: html }),
    ]);
    expect(await page.locator('#presence-body td.info').last().innerText()).toBe('–');
    expect(await page.locator('#presence-body img').count()).toBe(0);
    await page.unroute('**/admin/api/presence?*');
    await page.route('**/admin/api/presence?*', (route) =>
      route.fulfill({ status: 503, json: { error: 'Redis is away' } }),
    );
    await page.locator('#presence').getByRole('button', { name: 'Next' }).click();
    await expect.poll(text(page, 'presence-summary'), soon).toBe('Not updated: Redis is away');
    await button(page, 'Log out').click();
    await expect.poll(() => page.locator('#presence').isVisible(), soon).toBe(false);
  });

  it('[admin-8] keeps nobody out, in light and dark, and fits every screen', async () => {
    const name = 'a-rather-long-name-'.repeat(3);
    await room.come('blue', `?client_id=${name}`, 'x'.repeat(128), 'room');
    await room.come('green', '', 'room');
    const page = await room.open({ colorScheme: 'light' });
    await open(page, 'x'.repeat(128));
    await expect.poll(text(page, 'presence-summary'), soon).toBe('1 client, 0 anonymous');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Theme').selectOption('dark');
    expect(await seriousFindings(page)).toEqual([]);
    for (const width of [1280, 768, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth'), soon).toBe(width);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    await page.locator('#presence-title').scrollIntoViewIfNeeded();
    const row = page.locator('#presence-body tr');
    const box = await row.boundingBox();
    expect(box !== null && box.x >= 0 && box.x + box.width <= 390).toBe(true);
    await keepScreenshot(page, 'admin-presence-phone');
  });
});
