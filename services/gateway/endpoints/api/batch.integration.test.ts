import { describe, expect, it, vi } from 'vitest';
import { problemType } from './problem.js';
import { apiStage, problem } from './testing/api-stage.js';

const stage = apiStage();

describe('a batch', () => {
  it('[api-7] is done and answered in its order; what is wrong with one keeps no other back', async () => {
    const { status, body } = await stage.api.ask('batch', {
      commands: [
        { publish: { channel: 'room', data: 'a' } },
        { history: { channel: 'room' } },
        { publish: { channel: 'no room', data: 'b' } },
        { fly: {} },
        { publish: { channel: 'room', data: 'c' }, history: {} },
        { publish: { channel: 'room', data: 'd' } },
      ],
    });
    expect(status).toBe(200);
    expect(body['answers']).toMatchObject([
      { result: { offset: 1 } },
      { result: { publications: [{ data: 'a' }] } },
      { problem: { type: problemType('invalid_field'), field: 'commands[2].publish.channel' } },
      { problem: { type: problemType('invalid_field'), field: 'commands[3]' } },
      { problem: { type: problemType('invalid_field'), field: 'commands[4]' } },
      { result: { offset: 2 } },
    ]);
  });

  it('[api-7] with an idempotency key is done once, on whatever worker it is asked for again', async () => {
    const commands = ['a', 'b'].map((data) => ({ publish: { channel: 'room', data } }));
    const headers = { 'Idempotency-Key': 'batch' };
    await stage.api.ask('batch', { commands }, headers);
    const { body } = await stage.other.ask('batch', { commands }, headers);
    expect(body['answers']).toMatchObject([
      { result: { offset: 1, duplicate: true } },
      { result: { offset: 2, duplicate: true } },
    ]);
  });

  it('[api-7] shares no key with another call, however that is called', async () => {
    const publish = (data: string) => ({ publish: { channel: 'room', data } });
    const ask = async (commands: readonly object[], key: string) => {
      const { body } = await stage.api.ask('batch', { commands }, { 'Idempotency-Key': key });
      return body['answers'];
    };
    await ask([publish('a'), publish('b')], 'a');
    for (const [at, key] of ['a/0', 'a/0/', 'a/1'].entries()) {
      const { body } = await stage.api.ask('publish', { channel: 'room', data: key }, { 'Idempotency-Key': key });
      expect(body).toMatchObject({ offset: 3 + at, duplicate: false });
      const again = await stage.other.ask('publish', { channel: 'room', data: key, idempotency_key: key });
      expect(again.body).toMatchObject({ offset: 3 + at, duplicate: true });
    }
    expect(await ask([publish('c')], 'a/0')).toMatchObject([{ result: { offset: 6, duplicate: false } }]);
    expect(await ask([publish('a')], 'a')).toMatchObject([{ result: { offset: 1, duplicate: true } }]);
  });

  it('[api-7] does not try what stands behind one that met Redis away', async () => {
    const publish = vi.spyOn(stage.blueBroker.log, 'publish');
    stage.cluster.disconnect(stage.blue.workerId);
    const commands = [{ publish: { channel: 'room', data: 1 } }, { publish: { channel: 'room', data: 2 } }];
    const { body } = await stage.api.ask('batch', { commands });
    expect(body['answers']).toMatchObject([
      { problem: { type: problemType('unavailable') } },
      { problem: { type: problemType('not_tried') } },
    ]);
    expect(publish).toHaveBeenCalledTimes(1);
    stage.cluster.reconnect();
  });

  it('[api-7] may have more than 64 KiB, but none of its commands', async () => {
    const data = 'x'.repeat(60_000);
    const commands = [data, data, data, 'y'.repeat(66_000)].map((text) => ({
      publish: { channel: 'room', data: text },
    }));
    const { body } = await stage.api.ask('batch', { commands });
    expect(body['answers']).toMatchObject([
      { result: { offset: 1 } },
      { result: { offset: 2 } },
      { result: { offset: 3 } },
      { problem: { type: problemType('too_large'), status: 413, field: 'commands[3].publish' } },
    ]);
    const large = Array.from({ length: 20 }, () => ({ publish: { channel: 'room', data } }));
    const refused = await stage.api.ask('batch', { commands: large });
    expect(refused.status).toBe(413);
    expect(refused).toMatchObject(problem('too_large', '1024 KiB'));
  });
});
