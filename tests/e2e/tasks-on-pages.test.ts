import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTask } from '../../services/task-queue/definition.js';
import { TaskStory } from '../../services/task-queue/story.js';
import { taskStage, type TaskStage } from '../../services/tasks/testing/stage.js';
import { seriousFindings } from './accessibility.js';
import { logIn } from './admin-page-actions.js';
import { useAdminPage } from './admin-page-stage.js';
import { keepScreenshot } from './artifacts.js';
import { useBrowserStage } from './browser-stage.js';
import { API_KEY } from './test-page-stage.js';
import { button, connectPage, soon, subscribe, text } from './test-page-actions.js';

const NOTE = '<b>page</b> 3';

/** It is at 3 of 10, and stays there until it is told to end. */
const halfway = defineTask({
  name: 'halfway',
  schema: z.strictObject({}),
  run: async (context) => {
    await context.progress(3, 10, NOTE);
    await delay(60_000, undefined, { signal: context.signal });
    return null;
  },
});
const fails = defineTask({
  name: 'fails',
  schema: z.strictObject({}),
  run: ({ attempt }) => (attempt === 1 ? Promise.reject(new Error('the paper is out')) : Promise.resolve(null)),
});

describe('tasks on the admin page', () => {
  let stage: TaskStage;
  const room = useAdminPage(async () => {
    stage = await taskStage([halfway, fails]);
    return stage.queue;
  });
  const cells = (page: Page, id: string) => page.locator('#tasks-body tr', { hasText: id }).locator('th, td');
  const row = async (page: Page, id: string): Promise<readonly string[]> => cells(page, id).allInnerTexts();
  /** With the keyboard alone. */
  const act = async (page: Page, action: 'Cancel' | 'Retry', which: string): Promise<void> => {
    await button(page, `${action} ${which}`).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('task-question-no');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
  };

  it('[api-15] are there with their progress, are cancelled and run again, with the keyboard alone', async () => {
    await stage.queue.start({ name: 'halfway', data: {}, id: 'slow-one' });
    await stage.queue.start({ name: 'fails', data: {}, id: 'bad-one' });
    const page = await room.open();
    await expect
      .poll(() => row(page, 'slow-one'), soon)
      .toEqual(['halfway slow-one', 'waiting', '–', '0', '–', '–', '', 'Cancel']);
    await stage.startWorker();
    const told = { 1: 'active', 2: `3 of 10: ${NOTE}`, 3: '1', 5: '–', 6: '', 7: 'Cancel' };
    await expect.poll(() => row(page, 'slow-one'), soon).toMatchObject(told);
    expect((await row(page, 'slow-one'))[4]).toMatch(/^\d\d:\d\d:\d\d$/);
    const bar = page.getByRole('progressbar', { name: 'Progress of halfway slow-one' });
    expect([await bar.getAttribute('value'), await bar.getAttribute('max')]).toEqual(['3', '10']);
    await expect.poll(() => row(page, 'bad-one'), soon).toMatchObject({ 1: 'failed', 6: 'the paper is out' });
    await page.locator('#tasks-body summary', { hasText: 'bad-one' }).press('Enter');
    expect((await row(page, 'bad-one'))[0]).toMatch(/^fails bad-one\s+data \{\}$/);
    await page.locator('#tasks-body').scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'admin-tasks');
    expect(await seriousFindings(page)).toEqual([]);

    await act(page, 'Cancel', 'halfway slow-one');
    await expect.poll(text(page, 'tasks-outcome'), soon).toBe('halfway slow-one is told to end.');
    await expect.poll(() => row(page, 'slow-one'), soon).toMatchObject({ 1: 'cancelled', 7: 'Retry' });
    await act(page, 'Retry', 'fails bad-one');
    await expect.poll(() => row(page, 'bad-one'), soon).toMatchObject({ 1: 'done', 3: '2', 6: '', 7: '' });

    await page.getByLabel('State of tasks').selectOption('done');
    await expect.poll(() => page.locator('#tasks-body tr').count(), soon).toBe(1);
    await page.getByLabel('State of tasks').selectOption('active');
    await expect.poll(text(page, 'tasks-note'), soon).toBe('No task is active.');
  });

  it('fit on a phone, and a question that is answered with no does nothing', async () => {
    await stage.queue.start({ name: 'halfway', data: {}, id: 'slow-one' });
    const page = await room.open({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
    await button(page, 'Cancel halfway slow-one').click();
    expect(await text(page, 'task-question-which')()).toBe('halfway slow-one');
    await page.keyboard.press('Enter');
    expect(await page.locator('#task-question').isVisible()).toBe(false);
    expect(await stage.queue.get('slow-one')).toMatchObject({ state: 'waiting' });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.locator('#tasks-title').scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'admin-tasks-phone');
    expect(await seriousFindings(page)).toEqual([]);
  });
});

describe('tasks on the test page', () => {
  let tasks: TaskStage;
  const on = useBrowserStage(async () => {
    tasks = await taskStage([halfway, fails]);
    return tasks.queue;
  });

  it('[task-1] show how far they are to who subscribes to their channel', async () => {
    const page = await on.open({ viewport: { width: 360, height: 740 } });
    const broker = on.stage.cluster.broker('tasks-1');
    const story = new TaskStory(broker.log, { id: 't1', name: 'report' });
    const task = page.locator('#tasks li');
    await connectPage(page, '/ws');
    await subscribe(page, 'task:t1');
    expect(await page.locator('#tasks-panel').isVisible()).toBe(false);
    await story.tell('1-1', { event: 'started', attempt: 1, again: false, worker: 'w' });
    await story.tell('1-2', { event: 'progress', attempt: 1, n: 3, of: 10, note: NOTE });
    await expect.poll(() => task.locator('.words').allTextContents(), soon).toEqual([`3 of 10: ${NOTE}`]);
    const bar = page.getByRole('progressbar', { name: 'Progress of report t1' });
    expect([await bar.getAttribute('value'), await bar.getAttribute('max')]).toEqual(['3', '10']);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await task.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'test-page-tasks');
    expect(await seriousFindings(page)).toEqual([]);
    await story.ended({ data: {}, round: 0 }, { event: 'done', result: null }, 1);
    await expect.poll(() => task.locator('.words').allTextContents(), soon).toEqual(['done']);
  });

  it('are cancelled and run again, by who is logged in on the admin page or has an API key', async () => {
    const page = await on.open();
    const story = new TaskStory(on.stage.cluster.broker('tasks-1').log, { id: 'slow-one', name: 'halfway' });
    await tasks.queue.start({ name: 'halfway', data: {}, id: 'slow-one' });
    await connectPage(page, '/ws');
    await subscribe(page, 'tasks');
    await story.queued({ data: {}, round: 0 });
    await button(page, 'Cancel halfway slow-one').click();
    await expect
      .poll(text(page, 'task-outcome'), soon)
      .toMatch(/^halfway slow-one: .* \(who is logged in on the admin page may, and who has an API key/);
    await page.getByLabel('API key').fill('a key that nobody has');
    await button(page, 'Cancel halfway slow-one').click();
    await expect.poll(text(page, 'task-outcome'), soon).toMatch(/^halfway slow-one: .*key/);
    expect(await tasks.queue.get('slow-one')).toMatchObject({ state: 'waiting' });

    await page.getByLabel('API key').fill(API_KEY);
    await button(page, 'Cancel halfway slow-one').click();
    await expect.poll(text(page, 'task-outcome'), soon).toBe('halfway slow-one: is told to end');
    expect(await tasks.queue.get('slow-one')).toMatchObject({ state: 'cancelled' });

    await tasks.startWorker();
    await tasks.queue.start({ name: 'fails', data: {}, id: 'bad-one' });
    await expect.poll(() => tasks.queue.get('bad-one'), soon).toMatchObject({ state: 'failed' });
    const failed = new TaskStory(on.stage.cluster.broker('tasks-2').log, { id: 'bad-one', name: 'fails' });
    await failed.ended({ data: {}, round: 0 }, { event: 'failed', error: 'the paper is out' }, 1);
    const admin = await page.context().newPage();
    await admin.goto(`http://${on.stage.address}/admin`);
    await logIn(admin);
    await page.getByLabel('API key').fill('');
    await button(page, 'Retry fails bad-one').click();
    await expect.poll(text(page, 'task-outcome'), soon).toBe('fails bad-one: will run once more');
    await expect.poll(() => tasks.queue.get('bad-one'), soon).toMatchObject({ state: 'done' });
    await page.locator('#tasks').scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'test-page-task-actions');
    expect(await seriousFindings(page)).toEqual([]);
  });
});
