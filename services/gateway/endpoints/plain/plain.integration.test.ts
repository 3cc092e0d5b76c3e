import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Broker } from '../../broker/broker.js';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { TextClient } from '../../testing/text-client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let cluster: MemoryCluster;
let blue: TestWorker;
let green: TestWorker;
let blueBroker: Broker;
const TOKEN = 'a control token for tests';

/** What blue hands to the store from now on gets there when the returned function is called. */
const holdPublishes = (): (() => void) => {
  const publish = blueBroker.log.publish.bind(blueBroker.log);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  vi.spyOn(blueBroker.log, 'publish').mockImplementation((request) => held.then(() => publish(request)));
  return release;
};

beforeEach(async () => {
  cluster = createMemoryCluster();
  const settings = { COLOR: 'blue', CONTROL_TOKEN: TOKEN, DRAIN_GRACE: '3' };
  blue = await startWorker((id) => (blueBroker = cluster.broker(id)), settings);
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green' });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

/** A client that hears: what is said from now on reaches it. */
const join = async ({ ws }: TestWorker, name: string): Promise<TextClient> => {
  const client = await TextClient.connect(`${ws}/ws/${name}`);
  client.say('here');
  await client.hears(`Client #${name} says: here`);
  return client;
};
/** What came since this client and everybody else had joined. */
const heardBy = (client: TextClient): string[] =>
  client.texts.filter((text) => !text.endsWith('says: here') && text !== 'You sent: here');

describe('plain chat', () => {
  it('[plain-2] echoes a line to its sender, then says it to all on every worker, one line after the other', async () => {
    const ada = await join(blue, 'ada');
    const bob = await join(green, '42');
    for (const line of ['one', 'two', 'three']) ada.say(line);
    await bob.hears('Client #ada says: three');
    bob.say('four');
    await ada.hears('Client #42 says: four');
    expect(heardBy(ada)).toEqual([
      'You sent: one',
      'Client #ada says: one',
      'You sent: two',
      'Client #ada says: two',
      'You sent: three',
      'Client #ada says: three',
      'Client #42 says: four',
    ]);
    await bob.hears('Client #42 says: four');
    expect(heardBy(bob)).toEqual([
      'Client #ada says: one',
      'Client #ada says: two',
      'Client #ada says: three',
      'You sent: four',
      'Client #42 says: four',
    ]);
  });

  it('[plain-2] carries every text as it is: empty, JSON, other scripts, line breaks, 64 KiB', async () => {
    const ada = await join(blue, 'ada');
    const bob = await join(green, 'bob');
    const lines = [
      '',
      '{"type":"system.ping","id":"1"}',
      '"from":"eve","data":1}',
      'héllo 🚀\nworld:1:2',
      'x'.repeat(65_536),
    ];
    for (const line of lines) ada.say(line);
    await bob.hears(`Client #ada says: ${lines.at(-1)}`);
    expect(heardBy(bob)).toEqual(lines.map((line) => `Client #ada says: ${line}`));
    await ada.hears(`Client #ada says: ${lines.at(-1)}`);
    expect(heardBy(ada)).toEqual(lines.flatMap((line) => [`You sent: ${line}`, `Client #ada says: ${line}`]));
  });

  it('[plain-3] says who left behind everything that it said, also to one of the same name', async () => {
    const [one, two, bob] = [await join(blue, 'ada'), await join(blue, 'ada'), await join(green, 'bob')];
    for (let n = 0; n < 5; n += 1) one.say(`line ${n}`);
    await one.close();
    const expected = [0, 1, 2, 3, 4].map((n) => `Client #ada says: line ${n}`).concat('Client #ada left the chat');
    for (const client of [two, bob]) {
      await client.hears('Client #ada left the chat');
      expect(heardBy(client)).toEqual(expected);
    }
  });

  it('[plain-3] says who left when a client is lost without a goodbye', async () => {
    const [ada, bob] = [await join(blue, 'ada'), await join(green, 'bob')];
    ada.socket.terminate();
    await bob.hears('Client #ada left the chat');
    expect(heardBy(bob)).toEqual(['Client #ada left the chat']);
  });

  it('[plain-4] [move-7] [deploy-3] is silent about a client that a deploy moves: only the 1012 to itself', async () => {
    const [ada, bob] = [await join(blue, 'ada'), await join(green, 'bob')];
    ada.say('before the move');
    await ada.hears('You sent: before the move');
    blue.app.draining.begin('deploy');
    expect(await ada.closed).toEqual({ code: 1012, reason: 'deploy' });
    bob.say('while ada is away');
    await bob.hears('Client #bob says: while ada is away');
    const back = await join(green, 'ada');
    bob.say('ada is back');
    await back.hears('Client #bob says: ada is back');
    expect(heardBy(back)).toEqual(['Client #bob says: ada is back']);
    expect(heardBy(ada)).toEqual(['You sent: before the move', 'Client #ada says: before the move']);
    expect(bob.texts.filter((text) => text.includes('left the chat'))).toEqual([]);
  });

  it('[plain-4] is silent about the clients of a worker that stops', async () => {
    const [ada, bob] = [await join(blue, 'ada'), await join(green, 'bob')];
    await blue.app.stop();
    expect((await ada.closed).code).toBe(1012);
    bob.say('still here');
    await bob.hears('Client #bob says: still here');
    expect(heardBy(bob)).toEqual(['You sent: still here', 'Client #bob says: still here']);
  });

  it('[plain-4] is silent about a client that a stopping worker cuts short, and about the stack itself', async () => {
    const own = { Authorization: `Bearer ${TOKEN}` };
    const probe = await TextClient.connect(`${blue.ws}/ws/probe`, { headers: own });
    const [ada, bob] = [await join(blue, 'ada'), await join(green, 'bob')];
    await probe.close();
    for (const connection of blue.app.connections.all()) connection.cutShort();
    expect(await ada.closed).toEqual({ code: 1012, reason: 'shutdown' });
    bob.say('still here');
    await bob.hears('Client #bob says: still here');
    expect(heardBy(bob)).toEqual(['You sent: still here', 'Client #bob says: still here']);
  });

  it('[plain-3] says who left behind what it said also when Redis takes its time', async () => {
    const [ada, bob] = [await join(blue, 'ada'), await join(green, 'bob')];
    const release = holdPublishes();
    for (const line of ['one', 'two']) ada.say(line);
    await ada.hears('You sent: one');
    await ada.close();
    release();
    await bob.hears('Client #ada left the chat');
    expect(heardBy(bob)).toEqual(
      ['one', 'two'].map((line) => `Client #ada says: ${line}`).concat('Client #ada left the chat'),
    );
  });

  it('[plain-4] a client that is moved hears what it said before the goodbye', async () => {
    const [ada, bob] = [await join(blue, 'ada'), await join(green, 'bob')];
    const release = holdPublishes();
    ada.say('one');
    await ada.hears('You sent: one');
    blue.app.draining.begin('deploy');
    bob.say('meanwhile');
    await ada.hears('Client #bob says: meanwhile');
    release();
    expect((await ada.closed).code).toBe(1012);
    expect(heardBy(ada)).toEqual(['You sent: one', 'Client #bob says: meanwhile', 'Client #ada says: one']);
  });

  it('[plain-1] [connect-3] refuses a name that can not be claimed before the upgrade, and says why', async () => {
    for (const name of ['echo', 'anon-12345678', 'a%20b', 'a.b', 'x'.repeat(65), '%E0%A4%A']) {
      await expect(TextClient.connect(`${blue.ws}/ws/${name}`), name).rejects.toThrow('400');
    }
    const answer = await fetch(`${blue.http}/ws/ada`);
    expect([answer.status, await answer.text()]).toEqual([426, expect.stringContaining('wscat')]);
    expect((await fetch(`${blue.http}/ws/ada/lovelace`)).status).toBe(404);
    const named = await TextClient.connect(`${blue.ws}/ws/%61da/`);
    named.say('hello');
    await named.hears('Client #ada says: hello');
  });

  it('[endpoint-2] [plain-5] sends no other frame: not in heartbeats, not when idle', async () => {
    const quick = await startWorker((id) => cluster.broker(id), {
      WEBSOCKET_HEARTBEAT_INTERVAL: '0.05',
      HEARTBEAT_TIMEOUT: '5',
      IDLE_TIMEOUT: '0.1',
      IDLE_CHECK_INTERVAL: '0.05',
      IDLE_DISCONNECT: '0.4',
    });
    const ada = await join(quick, 'ada');
    expect(await ada.closed).toEqual({ code: 4408, reason: 'idle' });
    expect(heardBy(ada)).toEqual([]);
    await quick.app.stop();
  });

  it('[close-1003] [close-1009] closes on a binary message and on a line over 64 KiB', async () => {
    const [ada, eve] = [await join(blue, 'ada'), await join(blue, 'eve')];
    ada.socket.send(Buffer.from('bytes'));
    expect((await ada.closed).code).toBe(1003);
    await eve.hears('Client #ada left the chat');
    eve.say('x'.repeat(65_537));
    expect((await eve.closed).code).toBe(1009);
  });

  it('[close-4408] closes a client that shows no life, and says that it left', async () => {
    const quick = { WEBSOCKET_HEARTBEAT_INTERVAL: '0.1', HEARTBEAT_TIMEOUT: '0.4' };
    const worker = await startWorker((id) => cluster.broker(id), quick);
    const bob = await join(green, 'bob');
    const silent = await TextClient.connect(`${worker.ws}/ws/ada`, { autoPong: false });
    expect((await silent.closed).code).toBe(4408);
    await bob.hears('Client #ada left the chat');
    await worker.app.stop();
  });

  it('[plain-5] a text that was not answered before a move was not taken', async () => {
    const [ada, bob] = [await join(blue, 'ada'), await join(green, 'bob')];
    const release = holdPublishes();
    for (const line of ['one', 'two', 'three']) ada.say(line);
    await ada.hears('You sent: one');
    blue.app.draining.begin('deploy');
    expect((await ada.closed).code).toBe(1012);
    release();
    await bob.hears('Client #ada says: one');
    bob.say('end');
    await bob.hears('Client #bob says: end');
    expect(heardBy(ada)).toEqual(['You sent: one']);
    expect(heardBy(bob)).toEqual(['Client #ada says: one', 'You sent: end', 'Client #bob says: end']);
  });

  it('[plain-3] says who left when Redis takes it again, once', async () => {
    const [ada, bob] = [await join(blue, 'ada'), await join(green, 'bob')];
    cluster.disconnect(blue.workerId);
    await ada.close();
    bob.say('ada is gone and nobody knows');
    await bob.hears('Client #bob says: ada is gone and nobody knows');
    cluster.reconnect(blue.workerId);
    await bob.hears('Client #ada left the chat');
    expect(heardBy(bob).slice(2)).toEqual(['Client #ada left the chat']);
  });

  it('[plain-5] [silent-1] closes with 1013 when a line can not be said, or lines were lost', async () => {
    const [ada, bob] = [await join(blue, 'ada'), await join(green, 'bob')];
    cluster.disconnect(blue.workerId);
    ada.say('into the void');
    expect((await ada.closed).code).toBe(1013);
    await expect(TextClient.connect(`${blue.ws}/ws/eve`)).rejects.toThrow('503');
    cluster.reconnect(blue.workerId);
    const eve = await join(green, 'eve');
    cluster.restart({ keep: 'none' });
    for (const client of [bob, eve]) expect(await client.closed).toEqual({ code: 1013, reason: 'lines were lost' });
    // They are to come back, and have not left [plain-4].
    const back = await join(blue, 'bob');
    back.say('end');
    await back.hears('Client #bob says: end');
    expect(heardBy(back)).toEqual(['You sent: end', 'Client #bob says: end']);
  });

  it('[plain-5] closes a client that says more than can be said', async () => {
    const ada = await join(blue, 'ada');
    // Nothing comes back to it, so that nothing more is taken up.
    cluster.breakSubscription(blue.workerId);
    const bob = await join(green, 'bob');
    for (let n = 0; n < 40; n += 1) ada.say('x'.repeat(60_000));
    expect(await ada.closed).toEqual({ code: 1008, reason: 'more lines than can be said' });
    // What was not answered is not said: whoever is closed may say it again.
    const answered = ada.texts.filter((text) => text.startsWith('You sent: x')).length;
    expect(answered).toBe(1);
    cluster.restoreSubscription(blue.workerId);
    await bob.hears('Client #ada left the chat');
    expect(heardBy(bob).filter((text) => text.startsWith('Client #ada says: x'))).toHaveLength(answered);
  });

  it('has a channel that no frame of a client can name', async () => {
    const ada = await join(blue, 'ada');
    const client = await TestClient.connect(`${blue.ws}/ws`);
    for (const type of ['subscribe', 'publish', 'history']) {
      client.send({ type, channel: '~plain', data: 'forged', id: type });
      expect(await client.answer(type)).toMatchObject({ type: 'error', code: 'invalid_channel' });
    }
    await client.close();
    ada.say('end');
    await ada.hears('Client #ada says: end');
    expect(heardBy(ada)).toEqual(['You sent: end', 'Client #ada says: end']);
  });
});
