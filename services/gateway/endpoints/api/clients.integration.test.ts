import { describe, expect, it, vi } from 'vitest';
import { TestClient } from '../../testing/client.js';
import { TextClient } from '../../testing/text-client.js';
import { apiStage } from './testing/api-stage.js';

const stage = apiStage();

describe('what can be done to a client', () => {
  it('[api-11] send reaches every connection of a client, and says how many they are', async () => {
    const query = '/ws?client_id=ada';
    const adas = [
      await TestClient.connect(`${stage.blue.ws}${query}`),
      await TestClient.connect(`${stage.green.ws}${query}`),
    ];
    for (const ada of adas) await ada.next('system.welcome');
    expect((await stage.api.ask('send', { client_id: 'ada', data: { n: 1 } })).body).toEqual({ delivered: 2 });
    expect((await stage.other.ask('send', { client_id: 'ada', data: null, from: 'shop' })).body).toEqual({
      delivered: 2,
    });
    expect((await stage.api.ask('send', { client_id: 'nobody', data: 1 })).body).toEqual({ delivered: 0 });
    for (const ada of adas) {
      await vi.waitFor(() => expect(ada.all('message')).toHaveLength(2));
      expect(ada.all('message')).toMatchObject([
        { to: { client_id: 'ada' }, from: 'api', data: { n: 1 } },
        { to: { client_id: 'ada' }, from: 'shop', data: null },
      ]);
      await ada.close();
    }
  });

  it('[api-13] subscribe and unsubscribe hold for every connection that a client has, which is told', async () => {
    const adas = [
      await TestClient.connect(`${stage.blue.ws}/ws?client_id=ada`),
      await TestClient.connect(`${stage.green.ws}/ws?client_id=ada`),
      await TestClient.connect(`${stage.green.ws}/ws/chat/?client_id=ada`),
    ];
    for (const ada of adas) await ada.next('system.welcome');
    await adas[0]?.subscribe('room');
    await stage.api.ask('publish', { channel: 'room', data: 'before' });
    expect((await stage.api.ask('subscribe', { client_id: 'ada', channel: 'room' })).body).toEqual({ connections: 3 });
    for (const ada of adas.slice(1)) {
      const { id, ...told } = await ada.next('subscribed', ({ channel }) => channel === 'room');
      expect([id, told]).toEqual([undefined, expect.objectContaining({ offset: 1, recovered: false })]);
    }
    await stage.api.ask('publish', { channel: 'room', data: 'meanwhile' });
    for (const ada of adas) {
      expect(await ada.next('message', ({ offset }) => offset === 2)).toMatchObject({ data: 'meanwhile' });
    }
    expect((await stage.other.ask('unsubscribe', { client_id: 'ada', channel: 'room' })).body).toEqual({
      connections: 3,
    });
    for (const ada of adas) expect(await ada.next('unsubscribed')).toEqual({ type: 'unsubscribed', channel: 'room' });
    await stage.api.ask('publish', { channel: 'room', data: 'after' });
    for (const ada of adas) {
      await ada.settle();
      expect(ada.all('message').map(({ data }) => data)).not.toContain('after');
      // For the one that had been subscribed by itself nothing changed.
      expect(ada.all('subscribed').filter(({ channel }) => channel === 'room')).toHaveLength(1);
      await ada.close();
    }
    await vi.waitFor(async () => {
      const { body } = await stage.api.ask('subscribe', { client_id: 'ada', channel: 'room' });
      expect(body).toEqual({ connections: 0 });
    });
  });

  it('[api-13] a subscription that a program made stays with the session, through a move, and beyond its rights', async () => {
    const connect = async (worker: typeof stage.blue, session = '') => {
      const client = await TestClient.connect(`${worker.ws}/ws?client_id=ada&session=${session}`);
      return { client, session: (await client.next('system.welcome')).session_id };
    };
    const say = (data: string) => stage.api.ask('publish', { channel: 'private:1', data });
    await say('before');
    const first = await connect(stage.blue);
    await stage.api.ask('subscribe', { client_id: 'ada', channel: 'private:1' });
    const { epoch, offset } = await first.client.next('subscribed');
    expect(offset).toBe(1);
    stage.blue.app.draining.begin('deploy');
    expect((await first.client.closed).code).toBe(1012);
    await say('while it was away');
    const second = await connect(stage.green, first.session);
    const { id, ...told } = await second.client.next('subscribed');
    expect([id, told]).toMatchObject([undefined, { channel: 'private:1', offset: 2, recovered: false }]);
    await say('live');
    expect((await second.client.next('message')).data).toBe('live');
    // What it missed it asks for, and gets nothing from before.
    expect(await second.client.subscribe('private:1', { epoch, offset: 1 })).toMatchObject({ recovered: true });
    expect((await second.client.next('message')).data).toBe('while it was away');
    expect(await second.client.subscribe('private:1', { epoch, offset: 0 })).toMatchObject({ recovered: false });
    await second.client.close();
    // Taken back while the client is away: nobody can be told, and it holds all the same.
    await vi.waitFor(async () => {
      const { body } = await stage.other.ask('unsubscribe', { client_id: 'ada', channel: 'private:1' });
      expect(body).toEqual({ connections: 0 });
    });
    const third = await connect(stage.green, first.session);
    third.client.send({ type: 'subscribe', channel: 'private:1', id: 's3' });
    expect(await third.client.answer('s3')).toMatchObject({ code: 'forbidden' });
    expect(third.client.all('subscribed')).toEqual([]);
    await third.client.close();
  });

  it('[api-12] disconnect closes every connection of a client within a second, whatever it speaks, and no other', async () => {
    const adas = [
      await TestClient.connect(`${stage.blue.ws}/ws?client_id=ada`),
      await TestClient.connect(`${stage.green.ws}/ws/chat/?client_id=ada`),
    ];
    const plain = await TextClient.connect(`${stage.green.ws}/ws/ada`);
    const bob = await TestClient.connect(`${stage.green.ws}/ws?client_id=bob`);
    for (const client of [...adas, bob]) await client.next('system.welcome');
    const startedAt = performance.now();
    const { body } = await stage.api.ask('disconnect', { client_id: 'ada' });
    expect(body).toEqual({ disconnected: 3, unanswered: [] });
    for (const { closed } of [...adas, plain]) expect((await closed).code).toBe(1008);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect((await stage.api.ask('disconnect', { client_id: 'ada' })).body).toEqual({ disconnected: 0, unanswered: [] });
    await bob.settle();
    expect(stage.blue.logs.filter(({ event }) => event === 'admin_disconnected')).toMatchObject([
      { by: 'API key all', connections: 3, client_id: 'ada' },
    ]);
    await bob.close();
  });
});
