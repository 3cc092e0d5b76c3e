import type { Page, Request } from 'playwright-core';
import { text } from './test-page-actions.js';

const isOurs = (request: Request): boolean => request.url().includes('/ws-stats');

/** Lets the time pass after which the page asks again. */
export const pass = (page: Page): Promise<void> => page.clock.fastForward(5_000);

/**
 * The same, and then waits for what comes of it: the page's patience is by the same clock. Nothing comes when the page
 * was still busy with the answer before.
 */
export const later = async (page: Page): Promise<void> => {
  const options = { predicate: isOurs, timeout: 2_000 };
  const ended = Promise.race([
    page.waitForEvent('requestfinished', options),
    page.waitForEvent('requestfailed', options),
  ]).catch(() => undefined);
  await pass(page);
  await ended;
};

/** Reads what an element has come to show by itself, for `expect.poll`: nobody does anything but wait. */
export const laterText = (page: Page, id: string) => async (): Promise<string | null> => {
  await later(page);
  return text(page, id)();
};

/** The cells of one connection, found by one of them: by the whole of it, an id may hold any short name. */
export const cellsOf = (page: Page, name: string): Promise<string[]> =>
  page
    .locator('#connections-body tr', { has: page.locator('th, td', { hasText: new RegExp(`^${name}$`) }) })
    .locator('th, td')
    .allTextContents();

/** The ids of the connections on this page, from the top. */
export const listed = (page: Page): Promise<string[]> => page.locator('#connections-body th').allTextContents();

/** Everything the page asks of `/ws-stats` from now on. */
export const watchRequests = (page: Page) => {
  const seen = { asked: 0, open: 0, mostOpen: 0 };
  page.on('request', (request) => {
    if (!isOurs(request)) return;
    seen.asked += 1;
    seen.open += 1;
    seen.mostOpen = Math.max(seen.mostOpen, seen.open);
  });
  const over = (request: Request): void => {
    if (isOurs(request)) seen.open -= 1;
  };
  page.on('requestfinished', over);
  page.on('requestfailed', over);
  return seen;
};

/** Hides or shows the tab, as far as the page can tell: a browser without a screen never hides one. */
export const setHidden = (page: Page, hidden: boolean): Promise<void> =>
  page.evaluate(`
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${String(hidden)} });
    document.dispatchEvent(new Event('visibilitychange'));
  `);

/** Lets `/ws-stats` answer with these connections. */
export const answerWith = (
  page: Page,
  connections: readonly Readonly<Record<string, unknown>>[],
  unanswered: readonly string[] = [],
): Promise<unknown> =>
  page.route('**/ws-stats*', (route) =>
    route.fulfill({
      json: {
        total_connections: 12_345,
        active_connections: connections.length,
        messages_received: 0,
        messages_sent: 0,
        connections,
        total: connections.length,
        limit: 100,
        next_cursor: null,
        unanswered,
      },
    }),
  );
