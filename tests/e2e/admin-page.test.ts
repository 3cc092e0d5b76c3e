import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { TestClient } from '../../services/gateway/testing/client.js';
import { seriousFindings } from './accessibility.js';
import {
  answerWith,
  askTo,
  cellsOf,
  listed,
  logIn,
  names,
  sayYes,
  setHidden,
  upToDate,
  watchRequests,
} from './admin-page-actions.js';
import { keepScreenshot } from './artifacts.js';
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

  it('[admin-1] wants the password, remembers it over a reload, and forgets it when asked', async () => {
    const page = await room.openDoor();
    expect(await page.locator('#inside').isVisible()).toBe(false);
    await logIn(page, 'a guess');
    await page.getByRole('alert').filter({ hasText: 'that is not the password' }).waitFor(soon);
    expect(await seriousFindings(page)).toEqual([]);
    await logIn(page);
    await upToDate(page);
    await page.reload();
    await upToDate(page);
    await button(page, 'Log out').click();
    await page.getByLabel('Password').waitFor(soon);
    await page.reload();
    await page.getByLabel('Password').waitFor(soon);
    expect(await text(page, 'status')()).toBe('Logged out');
  });

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
    await expect.poll(text(page, 'messages-received'), soon).toBe('3');
    expect(await text(page, 'total-connections')()).toBe('4');
    // The page itself is connected, and listed, and counts as nobody.
    await expect.poll(text(page, 'active-connections'), soon).toBe('4');
    expect(Number(await text(page, 'messages-sent')())).toBeGreaterThanOrEqual(4);
    await expect.poll(text(page, 'range'), soon).toBe('1–5 of 5');
    expect(await page.locator('#range-note').isVisible()).toBe(true);
    expect(await page.locator('#workers-body td:last-child').allTextContents()).toEqual([
      expect.stringMatching(/\d\d:\d\d:\d\d$/),
      expect.stringMatching(/\d\d:\d\d:\d\d$/),
    ]);
    const [id, ...ofAda] = await cellsOf(page, 'ada');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(ofAda.join(' ')).toMatch(
      /^ada (.*\d\d:\d\d:\d\d ){2}\d+ 0 \d+ 0 \d+ – 127\.0\.0\.1 blue 1 channels WarnDisconnect$/,
    );
    expect((await cellsOf(page, 'bob')).slice(5, 14).join(' ')).toMatch(/^2 \d+ 0 \d+ – 127\.0\.0\.1 green 1 plain$/);
    expect(await page.locator('tr[data-color=green]', { hasText: /plain|chat/ }).count()).toBe(2);
    expect(await page.locator('#workers-body th').allTextContents()).toEqual(['blue-1', 'green-1']);
    await page.locator('#channels-body', { hasText: '~plain' }).waitFor(soon);
    await expect.poll(() => page.locator('#chart-durations').getAttribute('aria-label'), soon).toContain('≤ ');
    expect(await page.locator('canvas').count()).toBe(4);
  });

  it('[admin-3] lists more connections than fit a page, each on one page only, and goes back', async () => {
    await room.gather('blue', 30);
    await room.gather('green', 29);
    const page = await room.open();
    await expect.poll(text(page, 'range'), soon).toBe('1–60 of 60');
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
  });

  it('[admin-3] finds and sorts, with the keyboard alone, over both colors', async () => {
    await room.gather('blue', 11);
    await room.gather('green', 3);
    const page = await room.open();
    await page.getByLabel('Search connections').focus();
    await page.keyboard.type('BLUE1');
    // By duration, as the page begins, the order of two that came in the same millisecond is open.
    await expect.poll(async () => (await names(page)).toSorted(), soon).toStrictEqual(['blue1', 'blue10', 'blue11']);
    await page.getByRole('button', { name: 'Client ID' }).focus();
    for (const direction of ['ascending', 'descending']) {
      await page.keyboard.press('Enter');
      await page.locator(`th[aria-sort=${direction}]`, { hasText: 'Client ID' }).waitFor(soon);
    }
    await expect.poll(() => names(page), soon).toStrictEqual(['blue11', 'blue10', 'blue1']);
    await page.getByLabel('Search connections').fill('');
    await page.getByLabel('Color').selectOption('green');
    await page.getByLabel('Endpoint').selectOption('plain');
    await expect.poll(() => names(page), soon).toStrictEqual(['green3', 'green2', 'green1']);
    await page.getByLabel('Search connections').fill('nobody');
    await page.getByText('Nobody like that is connected.').waitFor(soon);
  });

  it('[admin-3] shows what was refused of each, and sorts by it over both colors', async () => {
    const ada = await room.come('green', '?client_id=ada');
    await room.come('blue', '?client_id=bob');
    for (let n = 0; n < 2; n += 1) {
      ada.send('no frame');
      await ada.next('error');
    }
    const page = await room.open();
    await page.getByRole('button', { name: 'Errors' }).click();
    await page.locator('th[aria-sort=descending]', { hasText: 'Errors' }).waitFor(soon);
    await expect.poll(async () => (await names(page))[0], soon).toBe('ada');
    expect((await cellsOf(page, 'ada'))[7]).toBe('2');
    expect((await cellsOf(page, 'bob'))[7]).toBe('0');
    expect(await page.locator('[data-refused=true]').count()).toBe(1);
  });

  it('shows its list in an order that every release knows when a server does not know the one wanted', async () => {
    await room.come('green', '?client_id=ada');
    const page = await room.open();
    await page.route('**/admin/api/connections?*sort=errors*', (route) =>
      route.fulfill({ status: 400, json: { error: 'sort=errors: Invalid option' } }),
    );
    await page.getByRole('button', { name: 'Errors' }).click();
    await page.locator('th[aria-sort=descending]', { hasText: 'Duration' }).waitFor(soon);
    await upToDate(page);
    expect(await names(page)).toContain('ada');
  });

  it('[admin-4] warns and disconnects after a question, and says what was done', async () => {
    const page = await room.open();
    const ada = await TestClient.connect(`ws://127.0.0.1:${room.stage.green.port}/ws?client_id=ada`);
    await ada.next('system.welcome');
    const [bob, other] = [await room.connect('blue', '/ws/bob'), await room.connect('green', '/ws/bob')];
    await askTo(page, 'Warn', 'ada');
    expect(await sayYes(page)).toBe('ada was warned.');
    await ada.next('system.idle_warning');
    await askTo(page, 'Disconnect', 'ada');
    // By itself Enter does nothing to anybody.
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('dialog').count(), soon).toBe(0);
    await ada.settle();
    await askTo(page, 'Disconnect', 'ada');
    expect(await seriousFindings(page)).toEqual([]);
    expect(await sayYes(page)).toBe('ada: disconnected.');
    expect((await ada.closed).code).toBe(1008);
    await expect.poll(() => names(page), soon).not.toContain('ada');
    await button(page, 'Disconnect bob').first().click();
    await page.getByLabel('All connections of this client').check();
    expect(await sayYes(page)).toBe('bob: 2 disconnected.');
    expect([(await bob.closed).code, (await other.closed).code]).toEqual([1008, 1008]);
    const events = page.locator('#events li');
    await expect.poll(() => events.count(), soon).toBe(3);
    expect(await events.first().textContent()).toMatch(
      /^\d\d:\d\d:\d\d {2}127\.0\.0\.1 disconnected bob \(2 connections\)$/,
    );
  });

  it('[admin-5] changes by itself, and keeps what a person has selected', async () => {
    const [first] = await room.gather('green', 3);
    const page = await room.open();
    await expect.poll(text(page, 'range'), soon).toBe('1–4 of 4');
    await page.locator('#connections-body tr', { hasText: 'green2' }).locator('th').selectText();
    const selected = await page.evaluate<string>('getSelection().toString()');
    const bob = await room.connect('blue', '/ws/bob');
    bob.say('hello');
    await expect.poll(text(page, 'messages-received'), soon).toBe('1');
    await expect.poll(async () => (await cellsOf(page, 'bob'))[5], soon).toBe('1');
    await first?.close();
    await expect.poll(text(page, 'range'), soon).toBe('1–4 of 4');
    expect(await page.evaluate<string>('getSelection().toString()')).toBe(selected);
  });

  it('[admin-6] shows a deploy as it happens, and goes over to the other color itself', async () => {
    const people = await room.gather('blue', 5);
    const page = await room.open();
    // What is shown of it comes live.
    await page.route('**/admin/api/health', (route) => route.abort());
    await room.say({ step: 'switch', state: 'running' });
    const banner = page.locator('#deploy-step');
    await banner.filter({ hasText: 'Promote blue → green: new connections are switched over' }).waitFor(soon);
    room.stage.switchToGreen();
    await room.say({ step: 'move', state: 'running', moved: 2, left: 3, rate: 40, note: 'paused: green is slow' });
    await expect.poll(text(page, 'deploy-figures'), soon).toBe('2 moved, 3 left, 40/s');
    expect(await text(page, 'deploy-reason')()).toBe('paused: green is slow');
    expect(await page.locator('#deploy-progress').isVisible()).toBe(true);
    await keepScreenshot(page, 'admin-deploy');
    room.stage.blue.app.draining.begin('deploy');
    for (const person of people) expect((await person.closed).code).toBe(1012);
    // It reads on from green: the worker that it was on has moved it away too.
    await page.locator('#workers-body tr', { hasText: 'moving away' }).waitFor(soon);
    expect(await text(page, 'health-workers')()).toBe('1 serve, 1 moving away');
    expect(await text(page, 'health-deploy')()).toContain('promote blue → green: runs');
    await page.locator('#workers-body tr', { hasText: '0 left (100 %)' }).waitFor(soon);
    await room.say({ step: 'stop', state: 'done', moved: 5, left: 0, acked: 120, lost: 0 });
    await banner.filter({ hasText: 'Promote blue → green: done, green is active with r2' }).waitFor(soon);
    expect(await text(page, 'deploy-figures')()).toBe('5 moved, lost 0 of 120 acked messages');
    expect(await text(page, 'status')()).toBe('Up to date');
    await button(page, 'Hide what is said of the deploy').click();
    expect(await banner.isVisible()).toBe(false);
  });

  it('[admin-6] says why a deploy failed, also to who was cut off from its end or comes later', async () => {
    const page = await room.open();
    const banner = page.locator('#deploy-step');
    const cause = 'event-loop lag p99 of green-1 is 180 ms, over 100';
    await room.say({ step: 'watch', state: 'running', cause });
    await banner.filter({ hasText: 'Promote blue → green: failed in "watch", it is taken back' }).waitFor(soon);
    room.stage.switchToNobody();
    room.stage.cut();
    await page.locator('#status', { hasText: 'Not updated' }).waitFor(soon);
    await room.say({ step: 'watch', state: 'rolled_back', cause });
    room.stage.switchToGreen();
    const end = banner.filter({
      hasText: /failed in "watch" at [\d:]+, everything was undone: blue is active as before/,
    });
    await end.waitFor(soon);
    await page.reload();
    await end.waitFor(soon);
    expect(await text(page, 'deploy-reason')()).toBe(`Why: ${cause}`);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('[admin-6] says nothing of a deploy that was last heard of long ago', async () => {
    await room.say({ step: 'move', state: 'running', at: new Date(Date.now() - 61_000) });
    const page = await room.open();
    const banner = page.locator('#deploy-step');
    expect(await banner.isVisible()).toBe(false);
    // One step may take long: what counts is when it was told of last.
    await room.say({ step: 'move', state: 'running', moved: 2, left: 3 });
    await banner.filter({ hasText: 'Promote blue → green: connections are moved' }).waitFor(soon);
    await page.reload();
    await banner.filter({ hasText: 'Promote blue → green: connections are moved' }).waitFor(soon);
  });

  it('asks each five seconds where no WebSocket gets through', async () => {
    const page = await room.openDoor();
    await page.routeWebSocket('**/admin/live', (socket) => socket.close());
    await logIn(page);
    await page.locator('#status', { hasText: 'Asked for every 5 s: nothing comes live' }).waitFor(soon);
    await room.connect('green', '/ws/bob');
    await expect.poll(() => names(page), soon).toContain('bob');
    await expect.poll(text(page, 'active-connections'), soon).toBe('1');
    const workers = page.locator('#workers-body tr');
    await expect.poll(() => workers.allTextContents(), soon).toHaveLength(2);
    await room.say({ step: 'watch', state: 'rolled_back', cause: 'green is slow' });
    // What is shown follows, the charts and the deploy too.
    const later = { timeout: 12_000 };
    await page.locator('#deploy-step', { hasText: 'everything was undone' }).waitFor(later);
    await expect
      .poll(() => page.locator('#chart-connections').getAttribute('aria-label'), later)
      .toContain('Green 1, Blue 0');
    expect(await workers.last().textContent()).toMatch(/^green-1serves1.*test\d\d:\d\d:\d\d$/);
    expect(await text(page, 'health-workers')()).toBe('2 serve');
    expect(await text(page, 'health-deploy')()).toMatch(/^⚠ promote blue → green: failed, undone, 20/);
  });

  it('says in words what failed, keeps the old figures marked as old, and recovers', async () => {
    await room.connect('green', '/ws/bob');
    const page = await room.open();
    await expect.poll(text(page, 'active-connections'), soon).toBe('1');
    room.stage.switchToNobody();
    room.stage.cut();
    await expect
      .poll(text(page, 'status'), soon)
      .toMatch(/^Not updated: the server can not be reached\. .* old, from \d\d:\d\d:\d\d$/);
    expect(await text(page, 'active-connections')()).toBe('1');
    room.stage.switchToGreen();
    await upToDate(page);
    room.stage.cluster.disconnect();
    await expect.poll(text(page, 'status'), soon).toMatch(/^Not updated: Redis is away/);
    room.stage.cluster.reconnect();
    await upToDate(page);
  });

  it('rests while nobody sees it, and asks at once when it is seen again', async () => {
    const page = await room.open();
    await setHidden(page, true);
    const requests = watchRequests(page);
    const bob = await room.connect('blue', '/ws/bob');
    await page.waitForTimeout(2_500);
    expect(requests.asked).toBe(0);
    await setHidden(page, false);
    await page.locator('#connections-body tr', { hasText: 'bob' }).waitFor(soon);
    await bob.close();
  });

  it('says how many channels there are, and shows more of them where they are wanted', async () => {
    const page = await room.open();
    await page.getByText('Nobody subscribes to a channel.').waitFor(soon);
    const ada = await TestClient.connect(`ws://127.0.0.1:${room.stage.green.port}/ws?client_id=ada`);
    for (let n = 1; n <= 35; n += 1) {
      ada.send({ type: 'subscribe', channel: `room:${n}`, id: `s${n}` });
      await ada.next('subscribed');
    }
    await expect.poll(text(page, 'channels-count'), soon).toBe('20 of 35');
    await page.getByLabel('Channels at most').selectOption('50');
    await expect.poll(() => page.locator('#channels-body tr').count(), soon).toBe(35);
    expect(await text(page, 'channels-count')()).toBe('');
    await page.getByLabel('Search channels').fill('nothing');
    await page.getByText('Nobody subscribes to such a channel.').waitFor(soon);
    await ada.close();
  });

  it('shows names as text, never as HTML, and names the workers that did not answer', async () => {
    const page = await room.open({ timezoneId: 'Asia/Tokyo' });
    const html = '<img src="/nowhere" onerror="document.title = 1"><b>bold</b>';
    await answerWith(
      page,
      [
        { connection_id: 'c1', client_id: html, connected_at: '2020-02-03T23:05:06.700Z', errors: 3, allowance: 7 },
        { connection_id: 'c2', client_id: null },
      ],
      ['blue-2', 'green-1'],
    );
    await expect.poll(text(page, 'status'), soon).toMatch(/^No answer from blue-2, green-1:/);
    expect((await cellsOf(page, 'c1')).slice(0, 3)).toStrictEqual(['c1', html, '2020-02-04 08:05:06']);
    expect((await cellsOf(page, 'c1')).slice(7, 10)).toStrictEqual(['3', '–', '7']);
    // A worker of an older release does not tell it.
    expect((await cellsOf(page, 'c2'))[7]).toBe('–');
    expect((await cellsOf(page, 'c2')).slice(0, 2)).toStrictEqual(['c2', '–']);
    expect(await page.locator('#connections-body :is(img, b)').count()).toBe(0);
  });

  it('shows who was limited where the server counts it', async () => {
    const page = await room.openDoor();
    const limiting = {
      limited_messages: 1_200,
      limited_connections: 3,
      disconnects: 1,
      top_clients: [{ client_id: 'eve', messages: 1_100, connections: 0, disconnects: 1 }],
      top_ips: [{ ip: '203.0.113.7', messages: 0, connections: 9, disconnects: 0 }],
    };
    await page.route('**/ws-stats?*', (route) => route.fulfill({ json: { rate_limiting: limiting } }));
    await logIn(page);
    await page
      .locator('#limited', { hasText: '1,200 messages and 3 connections refused, 1 disconnected' })
      .waitFor(soon);
    expect(await page.locator('#limited-clients').innerText()).toMatch(/eve\s+1,100/);
    expect(await page.locator('#limited-ips').innerText()).toMatch(/203\.0\.113\.7\s+9/);
  });

  it('keeps nobody out, in light and dark, and fits every screen: only tables scroll', async () => {
    await room.connect('blue', `/ws/${'a-rather-long-name-'.repeat(3)}`);
    await room.connect('green', '/ws?client_id=ada');
    const page = await room.open({ colorScheme: 'light' });
    await expect.poll(text(page, 'range'), soon).toBe('1–3 of 3');
    await room.say({ step: 'move', state: 'running', moved: 2, left: 3 });
    await page.locator('#deploy').waitFor(soon);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Theme').selectOption('dark');
    expect(await seriousFindings(page)).toEqual([]);
    // On the screen of a laptop, as wide as this one is, nothing of the list is cut.
    const last = await button(page, 'Disconnect ada').boundingBox();
    expect((last?.x ?? Infinity) + (last?.width ?? 0)).toBeLessThan(1280);
    for (const width of [1280, 768, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth'), soon).toBe(width);
    }
    const cells = await page.locator('#connections-body tr', { hasText: 'ada' }).locator('th, td').all();
    const boxes = await Promise.all(cells.map((cell) => cell.boundingBox()));
    expect(boxes.map((box) => box !== null && box.x >= 0 && box.x + box.width <= 320)).not.toContain(false);
    expect((await button(page, 'Disconnect ada').boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await page.locator('#connections-body').scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'admin-phone');
  });
});
