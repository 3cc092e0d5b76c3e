import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { TaskQueue } from '../../services/task-queue/task-queue.js';
import { buildPage, launchChromium, Stage } from './test-page-stage.js';

/**
 * For each test of a file: two workers behind one address, and Chromium. Pages that were opened are closed behind it, and
 * a browser that complained fails it.
 * @param startTasks gives each test's workers a queue of tasks; without it they have none
 */
export const useBrowserStage = (startTasks?: () => Promise<TaskQueue>) => {
  let pages: string;
  let browser: Browser;
  let stage: Stage;

  beforeAll(async () => {
    browser = await launchChromium();
    pages = buildPage();
  });

  afterAll(async () => {
    await browser.close();
    rmSync(dirname(pages), { recursive: true, force: true });
  });

  beforeEach(async () => {
    stage = await Stage.start(pages, await startTasks?.());
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await stage.stop();
    if (stage.complaints.length > 0) throw new Error(`the browser complained: ${stage.complaints.join('; ')}`);
  });

  return {
    get stage(): Stage {
      return stage;
    },

    open: (options: BrowserContextOptions = {}, path = '/'): Promise<Page> => stage.open(browser, options, path),
  };
};
