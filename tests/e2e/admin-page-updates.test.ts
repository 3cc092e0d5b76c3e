import { describe, expect, it } from 'vitest';
import { answerWith, cellsOf, laterText, listed, pass, setHidden, watchRequests } from './admin-page-actions.js';
import { useAdminPage } from './admin-page-stage.js';
import { soon, text } from './test-page-actions.js';

describe('the admin page, as time goes by', () => {
  const room = useAdminPage();

  it('changes by itself when a client comes, says something and leaves', async () => {
    const page = await room.open();
    expect(await page.getByText('Nobody is connected.').isVisible()).toBe(true);
    const bob = await room.connect('green', '/ws/bob');
    await expect.poll(laterText(page, 'active-connections'), soon).toBe('1');
    expect(await page.getByText('Nobody is connected.').isVisible()).toBe(false);
    bob.say('hello');
    await expect.poll(laterText(page, 'messages-received'), soon).toBe('1');
    await expect.poll(async () => (await cellsOf(page, 'bob'))[5], soon).toBe('1');
    await bob.close();
    await expect.poll(laterText(page, 'active-connections'), soon).toBe('0');
    await page.getByText('Nobody is connected.').waitFor(soon);
    expect(await text(page, 'total-connections')()).toBe('1');
    expect(await listed(page)).toStrictEqual([]);
  });

  it('keeps what a person has selected while it is brought up to date', async () => {
    const [first] = await room.gather('green', 3);
    const page = await room.open();
    await expect.poll(laterText(page, 'range'), soon).toBe('1–3 of 3');
    await page.locator('#connections-body tr', { hasText: 'green2' }).locator('th').selectText();
    const selected = await page.evaluate<string>('getSelection().toString()');
    expect(await listed(page)).toContain(selected.trim());
    // Blue is listed before green.
    await room.connect('blue', '/ws/ada');
    await expect.poll(laterText(page, 'range'), soon).toBe('1–4 of 4');
    await first?.close();
    await expect.poll(laterText(page, 'range'), soon).toBe('1–3 of 3');
    const names = page.locator('#connections-body td:nth-child(2)');
    expect(await names.allTextContents()).toStrictEqual(['ada', 'green2', 'green3']);
    expect(await page.evaluate<string>('getSelection().toString()')).toBe(selected);
  });

  it('says in words what failed, keeps the old figures marked as old, and recovers', async () => {
    await room.connect('blue', '/ws/bob');
    const page = await room.open();
    await expect.poll(laterText(page, 'active-connections'), soon).toBe('1');
    const color = (): Promise<string> => page.evaluate('getComputedStyle(document.querySelector("dd")).color');
    const fresh = await color();
    room.stage.switchToNobody();
    room.stage.cut();
    await expect
      .poll(laterText(page, 'status'), soon)
      .toMatch(/^Not updated: the server can not be reached\. .* old, from \d\d:\d\d:\d\d$/);
    expect(await text(page, 'active-connections')()).toBe('1');
    expect(await cellsOf(page, 'bob')).toHaveLength(11);
    expect(await color()).not.toBe(fresh);
    expect(await text(page, 'updated')()).toBe('');

    await room.connect('green', '/ws/eve');
    room.stage.switchToGreen();
    await expect.poll(laterText(page, 'active-connections'), soon).toBe('2');
    expect(await text(page, 'status')()).toBe('Up to date');
    expect(await text(page, 'updated')()).toMatch(/^Updated at \d\d:\d\d:\d\d$/);
    expect(await color()).toBe(fresh);
  });

  it('says what the server says when Redis is away', async () => {
    const page = await room.open();
    room.stage.cluster.disconnect();
    await expect.poll(laterText(page, 'status'), soon).toMatch(/^Not updated: Redis is away/);
    room.stage.cluster.reconnect();
    await expect.poll(laterText(page, 'status'), soon).toBe('Up to date');
  });

  it('asks one thing at a time, and gives up on an answer that does not come', async () => {
    const page = await room.open();
    const requests = watchRequests(page);
    await page.route('**/ws-stats*', () => new Promise(() => {}));
    for (let n = 0; n < 4; n += 1) await pass(page);
    await expect.poll(text(page, 'status'), soon).toMatch(/^Not updated: the server did not answer within 10 s/);
    expect(requests.mostOpen).toBe(1);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await expect.poll(laterText(page, 'status'), soon).toBe('Up to date');
  });

  it('rests while nobody sees it, and asks at once when it is seen again', async () => {
    const page = await room.open();
    await setHidden(page, true);
    const requests = watchRequests(page);
    for (let n = 0; n < 4; n += 1) await pass(page);
    await room.connect('blue', '/ws/bob');
    await setHidden(page, false);
    await page.locator('#connections-body tr', { hasText: 'bob' }).waitFor(soon);
    expect(requests.asked).toBe(1);
  });

  it('names the workers that did not answer, and does not say that nobody is there', async () => {
    const page = await room.open();
    await answerWith(page, [], ['blue-2', 'green-1']);
    await expect.poll(laterText(page, 'status'), soon).toMatch(/^No answer from blue-2, green-1:/);
    expect(await page.getByText('Nobody is connected.').isVisible()).toBe(false);
  });
});
