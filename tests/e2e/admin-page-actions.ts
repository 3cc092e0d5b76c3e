import type { Page, Request } from 'playwright-core';
import { expect } from 'vitest';
import { button, soon, text } from './test-page-actions.js';
import { ADMIN_PASSWORD } from './test-page-stage.js';

const isOurs = (request: Request): boolean => request.url().includes('/admin/api/connections');

export const logIn = async (page: Page, password = ADMIN_PASSWORD): Promise<void> => {
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
};

export const upToDate = (page: Page): Promise<void> => page.locator('#status', { hasText: 'Up to date' }).waitFor(soon);

/** The cells of one connection, found by one of them: by the whole of it, an id may hold any short name. */
export const cellsOf = (page: Page, name: string): Promise<string[]> =>
  page
    .locator('#connections-body tr', { has: page.locator('th, td', { hasText: new RegExp(`^${name}$`) }) })
    .locator('th, td')
    .allTextContents();

/** The ids of the connections on this page, from the top. */
export const listed = (page: Page): Promise<string[]> => page.locator('#connections-body th').allTextContents();

/** Their names. */
export const names = (page: Page): Promise<string[]> =>
  page.locator('#connections-body td:nth-child(2)').allTextContents();

/** How often the page has asked for the list from now on. */
export const watchRequests = (page: Page) => {
  const seen = { asked: 0 };
  page.on('request', (request) => {
    if (isOurs(request)) seen.asked += 1;
  });
  return seen;
};

/** Hides or shows the tab, as far as the page can tell: a browser without a screen never hides one. */
export const setHidden = (page: Page, hidden: boolean): Promise<void> =>
  page.evaluate(`
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${String(hidden)} });
    document.dispatchEvent(new Event('visibilitychange'));
  `);

/** Lets the server answer with this list. */
export const answerWith = (
  page: Page,
  connections: readonly Readonly<Record<string, unknown>>[],
  unanswered: readonly string[] = [],
): Promise<unknown> =>
  page.route('**/admin/api/connections?*', (route) =>
    route.fulfill({
      json: { connections, matching: connections.length, total: 1, limit: 100, next_cursor: null, unanswered },
    }),
  );

/** Opens the question about one connection. */
export const askTo = (page: Page, action: 'Warn' | 'Disconnect', whom: string): Promise<void> =>
  button(page, `${action} ${whom}`).click();

/** What the page says became of it. */
export const sayYes = async (page: Page): Promise<string> => {
  const before = await text(page, 'outcome')();
  await button(page, 'Yes, do it').click();
  await expect.poll(text(page, 'outcome'), soon).not.toBe(before);
  return (await text(page, 'outcome')()) ?? '';
};
