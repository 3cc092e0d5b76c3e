import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../services/client/node.js';
import { printedExample } from './readme-examples.js';
import { serve, watch, type SeenPage } from './seed-client-pages.js';
import { checkout, TestStack } from './stack.js';
import { launchChromium } from './test-page-stage.js';

let stack: TestStack;
let browser: Browser;

beforeAll(async () => {
  stack = await TestStack.up();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

const README = 'services/client/README.md';

/** A printed page, from an origin of its own. */
const watchPage = async (heading: string, file: typeof README | 'README.md' = README): Promise<SeenPage> => {
  const server = await serve(printedExample(file, heading, 'html', stack.url));
  const context = await browser.newContext();
  const seen = watch(await context.newPage());
  const { page, complaints } = seen;
  onTestFinished(async () => {
    await context.close();
    await server.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(server.url);
  return seen;
};
const openPage = async (heading: string): Promise<Page> => (await watchPage(heading)).page;

/** A program of its own, in a project that has this checkout as its dependency; killed at the end if it still runs. */
const runProgram = (code: string) => {
  const project = mkdtempSync(join(tmpdir(), 'switchyard-example-'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(checkout, join(project, 'node_modules/switchyard'));
  writeFileSync(join(project, 'example.mjs'), code);
  const child = spawn(process.execPath, ['example.mjs'], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(project, { recursive: true, force: true });
  });
  return { child, lines, ended };
};

const publisher = () => {
  const client = connect({ url: stack.url, clientId: 'editor' });
  onTestFinished(() => client.close());
  return client;
};

const texts = (page: Page, selector: string) => (): Promise<string[]> => page.locator(selector).allTextContents();

it('/client.js comes compressed, for pages of any origin, and answers with data do not', async () => {
  const headers = { 'accept-encoding': 'gzip' };
  const library = await fetch(`${stack.url}/client.js`, { headers });
  expect(library.headers.get('content-encoding')).toBe('gzip');
  expect(library.headers.get('access-control-allow-origin')).toBe('*');
  expect(await library.text()).toContain('Client');
  const data = await fetch(`${stack.url}/ws-stats`, { headers });
  expect([data.status, data.headers.get('content-encoding')]).toEqual([200, null]);
});

describe('the examples, as printed', () => {
  it('the one of the README says hello', async () => {
    const { said } = await watchPage('Clients', 'README.md');
    await expect.poll(() => said).toEqual([expect.stringMatching(/^1 anon-\w+ hello$/)]);
  });

  it('a page subscribes and publishes, through a deploy without a gap [deploy-1] [deploy-2]', async () => {
    const pages = [await openPage('In a page'), await openPage('In a page')];
    for (const page of pages) await expect.poll(texts(page, '#state')).toEqual(['live']);
    const client = publisher();
    const expected: string[] = [];
    const say = async (page: Page, text: string): Promise<void> => {
      await page.locator('#text').fill(text);
      await page.keyboard.press('Enter');
      expected.push(text);
      for (const each of pages) await expect.poll(async () => (await texts(each, 'li')()).length).toBe(expected.length);
    };
    const [first, second] = pages;
    if (first === undefined || second === undefined) throw new Error('two pages');
    await say(first, 'before');

    const promoting = stack.promote();
    const promoted = new AbortController();
    void promoting.finally(() => promoted.abort());
    for (let n = 1; !promoted.signal.aborted; n += 1) {
      await client.publish('room:1', `meanwhile ${n}`);
      expected.push(`meanwhile ${n}`);
      await delay(20);
    }
    expect((await promoting).outcome).toBe('done');
    await say(second, 'after');
    for (const page of pages) {
      const heard = (await texts(page, 'li')()).map((line) => line.replace(/^[^:]+: /, ''));
      expect(heard).toEqual(expected);
    }
  });

  it('a Node program publishes through a deploy, and every reading is kept once [acked-1] [once-1]', async () => {
    const { child, lines, ended } = runProgram(printedExample(README, 'In Node', 'js', stack.url));
    await expect.poll(() => lines.length).toBeGreaterThan(10);
    expect((await stack.promote()).outcome).toBe('done');
    const after = lines.length + 10;
    await expect.poll(() => lines.length).toBeGreaterThan(after);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);

    const readings = lines.filter((line) => line.startsWith('reading'));
    expect(readings).toEqual(readings.map((_, index) => `reading ${index + 1} is kept at ${index + 1}`));
    expect(lines.filter((line) => !line.startsWith('reading'))).toEqual([
      expect.stringMatching(/^connected to (blue|green) \d$/),
      expect.stringMatching(/^moved to (blue|green) \d$/),
    ]);
    const { publications, offset } = await publisher().history('readings', { limit: 1_000 });
    expect(offset).toBe(readings.length);
    expect(publications.map(({ data }) => data)).toEqual(readings.map((_, index) => ({ n: index + 1 })));
  });

  it('a page goes on after a reload, and loads anew when it is told to [resume-2] [resume-6]', async () => {
    const client = publisher();
    const page = await openPage('Coming back after a reload');
    await expect.poll(() => page.evaluate('sessionStorage.getItem("news")')).toContain('position');
    for (const item of ['one', 'two']) await client.publish('news', item);
    await expect.poll(texts(page, 'li')).toEqual(['1 one', '2 two']);

    const address = page.url();
    await page.goto('about:blank');
    await client.publish('news', 'three, while it was away');
    await page.goto(address);
    await expect.poll(texts(page, 'li')).toEqual(['1 one', '2 two', '3 three, while it was away']);
    expect(await texts(page, '#note')()).toEqual(['']);

    await page.evaluate(
      `sessionStorage.setItem('news', '{"position":{"epoch":"a life that is over","offset":90},"items":[[90,"old"]]}')`,
    );
    await page.reload();
    await expect.poll(texts(page, '#note')).toEqual(['loaded anew']);
    expect(await texts(page, 'li')()).toEqual(['1 one', '2 two', '3 three, while it was away']);
    await client.publish('news', 'four');
    await expect.poll(texts(page, 'li')).toContain('4 four');
  });
});
