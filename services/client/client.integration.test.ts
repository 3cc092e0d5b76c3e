import { describe, expect, it } from 'vitest';
import { connect } from './node.js';
import { hasHeard, hasTold, Listener } from './testing/listener.js';
import { Stage } from './testing/stage.js';

/** Publishes without a pause, as many at once as are asked for, until told to stop; gives the acks in order. */
const publishSteadily = ({ client }: Listener, channel: string): (() => Promise<readonly number[]>) => {
  const stopping = new AbortController();
  const acked: number[] = [];
  const run = async (): Promise<readonly number[]> => {
    for (let n = 1; !stopping.signal.aborted; n += 1) acked.push((await client.publish(channel, n)).offset);
    return acked;
  };
  const running = run();
  return () => {
    stopping.abort();
    return running;
  };
};

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe.each(['memory', 'Redis'] as const)('a client of real workers, over %s', (over) => {
  it('publishes, hears, and asks for history', async () => {
    const stage = await Stage.start(over);
    const ada = new Listener(stage.client({ clientId: 'ada' }), 'room');
    const bob = new Listener(stage.client(), 'room');
    await Promise.all([ada.ready, bob.ready]);
    expect(await ada.client.publish('room', { text: 'hello' })).toMatchObject({ offset: 1, duplicate: false });
    await hasHeard(bob, 1, 1);
    expect(bob.messages[0]).toMatchObject({ channel: 'room', from: 'ada', data: { text: 'hello' } });
    const { publications, offset, more } = await bob.client.history('room');
    expect([publications, offset, more]).toEqual([bob.messages, 1, false]);
    expect([ada.client.clientId, ada.client.messageCount, ada.client.color]).toEqual(['ada', 1, 'blue']);
  });

  it('[resume-1] [resume-2] [once-1] comes back after a cut: same session, nothing missed, what was said meanwhile acked once', async () => {
    const stage = await Stage.start(over);
    const ada = new Listener(stage.client({ clientId: 'ada' }), 'room');
    await ada.ready;
    await ada.client.publish('room', 1);
    const { session } = ada.client;
    stage.lead('nobody');
    stage.network.cut();
    await hasTold(ada, 'away');
    const acks = [2, 3, 4].map((n) => ada.client.publish('room', n));
    const other = connect({ url: stage.green.http });
    expect((await other.publish('room', 'meanwhile')).offset).toBe(2);
    await other.close();
    stage.lead('green');
    expect((await Promise.all(acks)).map(({ offset, duplicate }) => [offset, duplicate])).toEqual([
      [3, false],
      [4, false],
      [5, false],
    ]);
    await hasHeard(ada, 1, 5);
    expect([ada.client.session, ada.client.clientId, ada.client.messageCount]).toEqual([session, 'ada', 4]);
    expect(ada.told).not.toContain('reset room');
  });

  it('[send-1] [send-4] [move-3] hears what is sent to it by its name, each once and in order, while it moves', async () => {
    const stage = await Stage.start(over);
    const ada = stage.client({ clientId: 'ada' });
    const bob = connect({ url: stage.green.http, clientId: 'bob' });
    const heard: unknown[] = [];
    ada.on('message', ({ from, data }) => heard.push([from, data]));
    await Promise.all([ada.ready(), bob.ready()]);
    const delivered = new Set<number>();
    let sent = 0;
    const sendUntil = async (isOver: () => boolean): Promise<void> => {
      while (!isOver()) {
        sent += 1;
        delivered.add((await bob.send('ada', sent)).delivered);
      }
    };
    await sendUntil(() => sent === 20);
    stage.lead('green');
    stage.blue.app.draining.begin('deploy');
    await sendUntil(() => ada.state === 'live' && ada.color === 'green');
    const more = sent + 20;
    await sendUntil(() => sent === more);
    await expect.poll(() => heard.length).toBeGreaterThanOrEqual(sent);
    expect(heard).toEqual(upTo(sent).map((n) => ['bob', n]));
    expect([...delivered].filter((connections) => connections < 1 || connections > 2)).toEqual([]);
    expect(bob.messageCount).toBe(sent);
    await bob.close();
  });

  it('[move-3] [deploy-2] moves make-before-break under load: no gap, each offset once, every publish acked once', async () => {
    const stage = await Stage.start(over);
    const reader = new Listener(stage.client(), 'room');
    const writer = new Listener(stage.client(), 'room');
    const idle = new Listener(stage.client(), 'other');
    await Promise.all([reader.ready, writer.ready, idle.ready]);
    const stop = publishSteadily(writer, 'room');
    await expect.poll(() => reader.offsets.length).toBeGreaterThan(20);
    stage.lead('green');
    stage.blue.app.draining.begin('deploy');
    for (const { client } of [reader, writer, idle]) {
      await expect.poll(() => [client.state, client.color]).toEqual(['live', 'green']);
    }
    const after = reader.offsets.length + 20;
    await expect.poll(() => reader.offsets.length).toBeGreaterThan(after);
    const acked = await stop();
    expect(acked).toEqual(upTo(acked.length));
    for (const listener of [reader, writer]) await hasHeard(listener, 1, acked.length);
    for (const { told, ended } of [reader, writer, idle]) {
      expect(told).toEqual(['live', 'moving', 'live']);
      await expect.poll(() => ended).toEqual([1000]);
    }
    expect(stage.blue.app.connections.size).toBe(0);
    expect(writer.client.messageCount).toBe(acked.length);
  });

  it('[move-5] [close-1012] is closed at its deadline when the new color is not there, and recovers', async () => {
    const stage = await Stage.start(over, { DRAIN_GRACE: '0.3' });
    const reader = new Listener(stage.client(), 'room');
    await reader.ready;
    stage.lead('nobody');
    stage.blue.app.draining.begin('deploy');
    await hasTold(reader, 'away');
    const writer = connect({ url: stage.green.http });
    await writer.publish('room', 1);
    await writer.close();
    stage.lead('green');
    await expect.poll(() => reader.client.state).toBe('live');
    await hasHeard(reader, 1, 1);
    expect(reader.ended).toContain(1012);
  });

  it('[resume-2] [resume-6] goes on from a place that was kept elsewhere, or says that it can not', async () => {
    const stage = await Stage.start(over, { HISTORY_SIZE: '1000' });
    const first = stage.client();
    for (let n = 1; n <= 5; n += 1) await first.publish('room', n);
    const { epoch } = await first.history('room');
    const second = new Listener(stage.client(), 'room', { epoch, offset: 2 });
    expect(await second.ready).toEqual({ epoch, offset: 2 });
    await hasHeard(second, 3, 5);
    const third = new Listener(stage.client(), 'room', { epoch: 'another life', offset: 2 });
    expect(await third.ready).toEqual({ epoch, offset: 5 });
    expect(third.told).toEqual(['live', 'reset room']);
  });

  it('[close-4409] is closed for good when its session is used elsewhere', async () => {
    const stage = await Stage.start(over);
    const first = new Listener(stage.client(), 'room');
    await first.ready;
    const second = stage.client({ session: first.client.session });
    await second.ready();
    await hasTold(first, 'closed');
    await expect(first.client.publish('room', 1)).rejects.toMatchObject({ name: 'ClientClosed', code: 4409 });
    expect(second.state).toBe('live');
  });

  it('gives up a connection that hangs, and comes back', async () => {
    const stage = await Stage.start(over, { WEBSOCKET_HEARTBEAT_INTERVAL: '0.1', HEARTBEAT_TIMEOUT: '30' });
    const reader = new Listener(stage.client(), 'room');
    await reader.ready;
    stage.network.swallowReplies();
    await hasTold(reader, 'away');
    await expect.poll(() => reader.client.state).toBe('live');
    expect(reader.ended).toEqual([1006]);
  });

  it('[alive-2] stays where a server sends no heartbeats, since it asks', async () => {
    const stage = await Stage.start(over, {
      WEBSOCKET_HEARTBEAT_INTERVAL: '0.1',
      HEARTBEAT_TIMEOUT: '30',
      ENABLE_HEARTBEAT: 'false',
    });
    const client = stage.client();
    let pongs = 0;
    client.on('frame', (direction, text) => (pongs += direction === 'in' && text.includes('system.pong') ? 1 : 0));
    const listener = new Listener(client, 'room');
    await expect.poll(() => pongs).toBeGreaterThan(3);
    expect(listener.told).toEqual(['live']);
  });

  it('[chat-1] [chat-2] [resume-4] [move-6] on /ws/chat/ it is subscribed by the server, moves by 1012 and goes on exactly there', async () => {
    const stage = await Stage.start(over);
    const chat = new Listener(stage.client({ url: `${stage.url}/ws/chat/` }), 'chat');
    await chat.ready;
    chat.client.say('a bare line');
    await chat.client.publish('chat', 'a frame');
    await hasHeard(chat, 1, 2);
    expect(chat.messages.map(({ data }) => data)).toEqual(['a bare line', 'a frame']);
    stage.lead('green');
    stage.blue.app.draining.begin('deploy');
    await expect.poll(() => [chat.client.state, chat.client.color]).toEqual(['live', 'green']);
    expect((await chat.client.publish('chat', 'on green')).messageCount).toBe(3);
    await hasHeard(chat, 1, 3);
    expect(chat.told).toEqual(['live', 'away', 'connecting', 'live']);
    expect(chat.ended).toEqual([1012]);
  });
});
