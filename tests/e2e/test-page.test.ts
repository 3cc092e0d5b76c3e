import { describe, expect, it } from 'vitest';
import { useBrowserStage } from './browser-stage.js';
import { button, comesBack, connectPage, lines, publish, say, soon, subscribe, text } from './test-page-actions.js';

describe('the test page in a browser', () => {
  const on = useBrowserStage();
  const { open } = on;

  it('counts what a person types, and goes on counting after a reload [chat-2] [count-1] [resume-1]', async () => {
    const page = await open();
    await connectPage(page, '/ws/chat/');
    for (const line of ['one', 'two', 'three']) await say(page, line);
    await expect.poll(text(page, 'count-acked'), soon).toBe('3');
    await expect.poll(text(page, 'count-messages')).toBe('3');
    const client = await text(page, 'fact-client')();

    await page.reload();
    await comesBack(page);
    expect(await text(page, 'fact-resumed')()).toBe('yes');
    expect(await text(page, 'fact-client')()).toBe(client);
    await say(page, 'four');
    await expect.poll(text(page, 'count-messages'), soon).toBe('4');
  });

  it('begins anew when the session is forgotten', async () => {
    const page = await open();
    await connectPage(page, '/ws/chat/');
    await say(page, 'one');
    await expect.poll(text(page, 'count-messages'), soon).toBe('1');
    await button(page, 'Disconnect').click();
    await button(page, 'Forget session').click();
    await connectPage(page, '/ws/chat/');
    expect(await text(page, 'fact-resumed')()).toBe('no, a new session');
    await expect.poll(text(page, 'count-messages')).toBe('0');
  });

  it('connects with a token, and says why one is not good [token-1] [token-5]', async () => {
    const page = await open();
    await page.getByLabel('token').fill('a.b.c');
    await button(page, 'Connect').click();
    await page.locator('#status', { hasText: '4401, this server checks no tokens' }).waitFor(soon);
    await page.reload();
    expect(await page.getByLabel('token').inputValue()).toBe('a.b.c');
    await page.getByLabel('token').fill('');
    await connectPage(page, '/ws');
  });

  it('shows what comes in frames as text, never as HTML', async () => {
    const page = await open();
    await connectPage(page, '/ws/chat/');
    await say(page, '<img src="/nowhere" onerror="document.title = 1"><b>bold</b>');
    const row = page.locator('.row[data-type=message]');
    await row.locator('summary').click();
    await row.locator('pre', { hasText: '<b>bold</b>' }).waitFor(soon);
    expect(await page.locator('#log img, #log b').count()).toBe(0);
  });

  it('recovers on /ws what was published while it was away [resume-2]', async () => {
    const page = await open();
    await connectPage(page, '/ws');
    await subscribe(page, 'room:1');
    const other = await on.stage.client();
    await other.publish('room:1', 'before');
    await expect.poll(text(page, 'count-received'), soon).toBe('1');

    await button(page, 'Disconnect').click();
    await page.reload();
    await other.publish('room:1', 'meanwhile');
    await connectPage(page, '/ws');
    await expect.poll(async () => (await lines(page, 'message')).join('; '), soon).toMatch(/^room:1 #2 .*"meanwhile"$/);
  });

  it('offers to publish to the channel that was subscribed to, as long as no other was chosen', async () => {
    const page = await open();
    await connectPage(page, '/ws');
    await subscribe(page, 'room:1');
    expect(await page.getByLabel('Publish to').inputValue()).toBe('room:1');
    await page.getByLabel('Publish to').fill('room:2');
    await subscribe(page, 'room:3');
    expect(await page.getByLabel('Publish to').inputValue()).toBe('room:2');
  });

  it('comes back by itself when its worker dies, and misses nothing [reconnect-1] [acked-1]', async () => {
    const page = await open();
    await connectPage(page, '/ws');
    await subscribe(page, 'room:1');
    const other = await on.stage.client(`127.0.0.1:${on.stage.green.port}`);

    on.stage.switchToGreen();
    on.stage.cut();
    await other.publish('room:1', 'while it was away');
    await expect.poll(text(page, 'status'), soon).toBe('Connected to green worker 1');
    await expect.poll(text(page, 'count-received'), soon).toBe('1');
    expect(await text(page, 'count-reconnects')()).toBe('1');
    await publish(page, 'room:1', '{"back": true}');
    await expect.poll(text(page, 'count-acked'), soon).toBe('1');
  });

  it('moves to the other color without a gap, and takes each offset once [move-3] [move-4] [order-1]', async () => {
    const page = await open();
    await connectPage(page, '/ws');
    await subscribe(page, 'room:1');
    const other = await on.stage.client(`127.0.0.1:${on.stage.green.port}`);
    let n = 0;
    const next = (): Promise<unknown> => other.publish('room:1', (n += 1));
    await next();

    on.stage.switchToGreen();
    on.stage.blue.app.draining.begin('deploy');
    while ((await text(page, 'count-moves')()) !== '1') await next();
    await next();
    await expect.poll(text(page, 'count-received'), soon).toBe(String(n));
    expect(await text(page, 'status')()).toBe('Connected to green worker 1');
    expect(await text(page, 'count-reconnects')()).toBe('0');
    const offsets = async () => (await lines(page, 'message')).map((line) => Number(/#(\d+)/.exec(line)?.[1]));
    await expect.poll(offsets, soon).toStrictEqual(Array.from({ length: n }, (_, index) => index + 1));
    await expect.poll(() => lines(page, 'close'), soon).toStrictEqual(['1000, normal']);
    expect(on.stage.blue.app.connections.size).toBe(0);
  });

  it('tries again when the color that it moves to is not there yet [move-3]', async () => {
    const page = await open();
    await connectPage(page, '/ws');
    await subscribe(page, 'room:1');
    on.stage.switchToNobody();
    on.stage.blue.app.draining.begin('deploy');
    await page.locator('.row[data-type=close]', { hasText: '1006' }).first().waitFor(soon);
    const other = await on.stage.client(`127.0.0.1:${on.stage.green.port}`);
    await other.publish('room:1', 'heard on the old connection');
    await expect.poll(text(page, 'count-received'), soon).toBe('1');
    on.stage.switchToGreen();
    await expect.poll(text(page, 'status'), soon).toBe('Connected to green worker 1');
    await other.publish('room:1', 'heard on the new one');
    await expect.poll(text(page, 'count-received'), soon).toBe('2');
  });

  it('sends again, with the same id, what the log did not answer [once-1]', async () => {
    const page = await open();
    await connectPage(page, '/ws');
    await subscribe(page, 'room:1');
    on.stage.cluster.disconnect();
    await publish(page, 'room:1', 'is anybody there?');
    await page.locator('.row[data-type=error]', { hasText: 'unavailable' }).first().waitFor(soon);
    on.stage.cluster.reconnect();
    await expect.poll(text(page, 'count-acked'), soon).toBe('1');
    await expect.poll(text(page, 'count-received'), soon).toBe('1');
    expect(await text(page, 'count-messages')()).toBe('1');
  });

  it('is moved on /ws/chat/ and goes on exactly there [move-6]', async () => {
    const page = await open();
    await connectPage(page, '/ws/chat/');
    await say(page, 'on blue');
    await expect.poll(text(page, 'count-received'), soon).toBe('1');
    on.stage.switchToGreen();
    on.stage.blue.app.draining.begin('deploy');
    await expect.poll(text(page, 'status'), soon).toBe('Connected to green worker 1');
    await say(page, 'on green');
    await expect.poll(text(page, 'count-received'), soon).toBe('2');
    await expect.poll(text(page, 'count-messages'), soon).toBe('2');
    expect(await text(page, 'count-repeats')()).toBe('0');
  });

  it('does not come back when another connection has its session [close-4409]', async () => {
    const page = await open();
    await connectPage(page, '/ws');
    const session = await page.evaluate<string>('sessionStorage.getItem("switchyard.session")');
    const other = await on.stage.client(on.stage.address, session);
    await expect.poll(text(page, 'status'), soon).toMatch(/^Not connected: 4409/);
    await other.settle();
    expect(await button(page, 'Connect').isEnabled()).toBe(true);
    expect(other.socket.readyState).toBe(other.socket.OPEN);
  });

  it('keeps the newest 500 frames, hides heartbeats until asked, and clears', async () => {
    const page = await open();
    await connectPage(page, '/ws');
    await subscribe(page, 'busy');
    await expect.poll(text(page, 'count-cluster'), soon).toBe('1');
    expect(await page.locator('.heartbeat').first().isVisible()).toBe(false);
    await page.getByLabel('Show heartbeats').check();
    await page.locator('.heartbeat').first().waitFor(soon);

    const other = await on.stage.client();
    await Promise.all(Array.from({ length: 600 }, (_, index) => other.publish('busy', index)));
    await page.locator('.row', { hasText: 'busy #600' }).waitFor(soon);
    expect(await text(page, 'count-received')()).toBe('600');
    expect(await page.locator('.row').count()).toBe(500);
    await button(page, 'Unsubscribe from busy').click();
    await page.locator('.row[data-type=unsubscribed]').waitFor(soon);
    await page.getByLabel('Show heartbeats').uncheck();
    await button(page, 'Clear').click();
    expect(await page.locator('.row:visible').count()).toBe(0);
  });

  it('can be used with the keyboard alone', async () => {
    const page = await open();
    // Keys, theme, the connection, adding one: then the endpoint, its name, and Connect.
    const way = ['Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'ArrowRight', 'ArrowLeft', 'Tab', 'Tab', 'Enter'];
    for (const key of way) await page.keyboard.press(key);
    await expect.poll(text(page, 'status'), soon).toBe('Connected to blue worker 1');
    for (const key of ['m', 'h', 'i', 'Enter']) await page.keyboard.press(key);
    await expect.poll(text(page, 'count-messages'), soon).toBe('1');
    for (const key of ['Escape', 'n', '1', 'c']) await page.keyboard.press(key);
    await expect.poll(text(page, 'status'), soon).toBe('Not connected');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('add a connection').waitFor(soon);
    await page.getByLabel('Single keys do something').uncheck();
    for (const key of ['Escape', 'n', 'n']) await page.keyboard.press(key);
    expect(await page.locator('.card').count()).toBe(2);
  });

  it('fits a screen of any width', async () => {
    const page = await open();
    await connectPage(page, '/ws');
    await subscribe(page, 'a-channel-with-a-rather-long-name:eu-central-1:orders');
    await publish(page, 'a-channel-with-a-rather-long-name:eu-central-1:orders', 'x'.repeat(500));
    await expect.poll(text(page, 'count-received'), soon).toBe('1');
    await button(page, 'Add a connection').click();
    await button(page, 'Close connection 2').waitFor(soon);
    for (const width of [320, 360, 768, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
    }
  });

  it.each(['/', '/admin'])('%s works without anything that its policy refuses, and would refuse it', async (path) => {
    const page = await open({}, path);
    // Whatever the page itself did against its policy has failed the test by then, as every other of this file.
    expect(on.stage.complaints).toEqual([]);
    const found = await page.evaluate<string[]>(`(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "a script ran"';
      document.body.append(script);
      document.body.setAttribute('style', 'color: rgb(1, 2, 3)');
      return [document.title, getComputedStyle(document.body).color];
    })()`);
    expect(found).not.toContain('a script ran');
    expect(found).not.toContain('rgb(1, 2, 3)');
    await expect.poll(() => on.stage.complaints.length).toBe(2);
    for (const complaint of on.stage.complaints.splice(0)) expect(complaint).toMatch(/Content Security Policy/);
  });
});
