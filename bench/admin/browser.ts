import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { DEFAULT_ADMIN_PASSWORD } from '../../services/conductor/site.js';
import { searchPath } from '../config.js';

const PATIENCE_MS = 120_000;
const LOOK_MS = 100;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** @throws {Error} when there is none, naming the package */
export const launch = (): Promise<Browser> => {
  const paths = searchPath()
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const executablePath = paths.find(isProgram);
  if (executablePath === undefined) throw new Error('no Chromium in PATH: install the package "chromium"');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
};

/** The admin page of a stack that has the default password, with figures in it. */
export const openAdmin = async (page: Page, url: string): Promise<void> => {
  await page.goto(`${url}/admin`);
  await page.getByLabel('Password').fill(DEFAULT_ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.locator('#status', { hasText: 'Up to date' }).waitFor();
};

/** Resolves when this holds in the page. @throws {Error} after two minutes */
export const holds = async (page: Page, script: string): Promise<void> => {
  // Not by waitForFunction: the page lets nobody evaluate text.
  for (const endsAt = performance.now() + PATIENCE_MS; !(await page.evaluate<boolean>(script)); await sleep(LOOK_MS)) {
    if (performance.now() > endsAt) throw new Error(`the page did not come to ${script}`);
  }
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
