import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { checkout } from './stack.js';

/** A picture of the page as it is, kept in the git-ignored folder `artifacts`. */
export const keepScreenshot = async (page: Page, name: string): Promise<void> => {
  const folder = join(checkout, 'artifacts');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
};
