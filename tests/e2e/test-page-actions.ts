import type { Page } from 'playwright-core';

/** How long a person would wait for what comes over the network. */
export const soon = { timeout: 15_000 };

/** Reads what an element shows, for `expect.poll`. */
export const text = (page: Page, id: string) => (): Promise<string | null> => page.locator(`#${id}`).textContent();

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

export const connectPage = async (page: Page, endpoint: '/ws' | '/ws/chat/'): Promise<void> => {
  await page.locator(`input[value="${endpoint}"] + span`).click();
  await button(page, 'Connect').click();
  await page.locator('#status', { hasText: /^Connected/ }).waitFor(soon);
};

/** After a reload the page connects by itself what was connected. */
export const comesBack = (page: Page): Promise<void> =>
  page.locator('#status', { hasText: /^Connected/ }).waitFor(soon);

export const addConnection = async (page: Page, endpoint: '/ws' | '/ws/chat/'): Promise<void> => {
  await button(page, 'Add a connection').click();
  await page.locator('#status', { hasText: 'Not connected' }).waitFor(soon);
  await connectPage(page, endpoint);
};

export const card = (page: Page, number: number) => page.locator('.card').nth(number - 1);

export const look = (page: Page, number: number): Promise<void> => card(page, number).locator('.choose').click();

export const subscribe = async (page: Page, channel: string): Promise<void> => {
  await page.getByLabel('Channel to subscribe to').fill(channel);
  await page.keyboard.press('Enter');
  await page.locator('.row[data-type=subscribed]', { hasText: channel }).first().waitFor(soon);
};

export const say = async (page: Page, line: string): Promise<void> => {
  await page.getByLabel('Message', { exact: true }).fill(line);
  await page.keyboard.press('Enter');
};

export const publish = async (page: Page, channel: string, data: string): Promise<void> => {
  await page.getByLabel('Publish to').fill(channel);
  await page.getByLabel('Data').fill(data);
  await page.keyboard.press('Enter');
};

/** The lines of all rows of a type, without those that came again. */
export const lines = (page: Page, type: string): Promise<string[]> =>
  page.locator(`.row[data-type="${type}"]:not(.again) .brief`).allTextContents();
