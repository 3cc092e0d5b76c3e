import { describe, expect, test } from 'vitest';
import { verdict } from './check.js';
import type { Heard } from './events.js';
import { ChannelRecord } from './record.js';
import { acked, CHANNEL, heardTo, joined, message, NOTHING, publications } from './testing/runs.js';

describe('where the first fault of each kind was', () => {
  const moved = (heard: readonly Heard[]) => {
    const account = new ChannelRecord(CHANNEL).account('probe 1');
    account.connection().welcomed('blue', 0);
    account.connection().welcomed('green', 1_020);
    for (const event of heard) account.take(event);
    return account;
  };

  test('at the time of the ack of what was lost, of the delivery of what came twice or too late', () => {
    const account = moved([joined('e', 0), message('e', 1), message('e', 4), message('e', 3), message('e', 4)]);
    expect(verdict(publications('e', 4), [account]).first).toEqual({
      lost: `probe 1 on ${CHANNEL}, on blue 1.0 s before its move to green`,
      outOfOrder: `probe 1 on ${CHANNEL}, on blue 1.0 s before its move to green`,
      duplicated: `probe 1 on ${CHANNEL}, on blue 1.0 s before its move to green`,
    });
  });

  test('after its move', () => {
    const late = [acked('e-1', 'e', 1), acked('e-2', 'e', 2, 2_019)];
    expect(verdict(late, [moved([joined('e', 0), message('e', 1)])]).first).toEqual({
      lost: `probe 1 on ${CHANNEL}, on green 1.0 s after its move there`,
    });
  });

  test('on a connection, and in the log', () => {
    const account = moved([joined('e', 0), message('e', 1), message('e', 2, 'e-1')]);
    account.connections[1]?.sent(1);
    account.connections[1]?.sent(3);
    expect(verdict(publications('e', 1), [account]).first).toEqual({
      lost: `probe 1 on ${CHANNEL}, on a connection to green`,
      duplicated: `in the log of ${CHANNEL}`,
    });
  });

  test('nowhere where there is none', () => {
    expect(verdict(publications('e', 1), [moved([joined('e', 0), message('e', 1)])]).first).toEqual({});
  });
});

describe('[order-1] what each connection was sent, below every deduplication', () => {
  const accountWith = (offsets: readonly number[]) => {
    const account = new ChannelRecord(CHANNEL).account('probe 1');
    for (const event of [joined('e', 0), ...heardTo('e', 5)]) account.take(event);
    const connection = account.connection();
    connection.subscribed({ epoch: 'e', offset: 0 });
    for (const offset of offsets) connection.sent(offset);
    return account;
  };
  const judgeConnection = (offsets: readonly number[]) => verdict(publications('e', 5), [accountWith(offsets)]);

  test('whole, and cut off where the connection ended', () => {
    expect(judgeConnection([1, 2, 3])).toMatchObject(NOTHING);
    expect(judgeConnection([])).toMatchObject(NOTHING);
  });

  test('a repeat within one', () => {
    const result = judgeConnection([1, 2, 2, 3]);
    expect(result).toMatchObject({ ...NOTHING, duplicated: 1 });
    expect(result.examples).toEqual([`connection 1 of probe 1 on ${CHANNEL} was sent offset 2 twice`]);
  });

  test('a hole, within one or behind its subscribed', () => {
    expect(judgeConnection([1, 3])).toMatchObject({ ...NOTHING, lost: 1 });
    const result = judgeConnection([3, 4]);
    expect(result).toMatchObject({ ...NOTHING, lost: 2 });
    expect(result.examples[1]).toBe(`connection 1 of probe 1 on ${CHANNEL} was sent 4, and never 2`);
  });

  test('two that change places', () => {
    expect(judgeConnection([1, 3, 2, 4])).toMatchObject({ ...NOTHING, outOfOrder: 1 });
  });

  test('what lies at or before its subscribed', () => {
    const account = accountWith([]);
    account.connections[0]?.subscribed({ epoch: 'e', offset: 3 });
    for (const offset of [2, 3, 4]) account.connections[0]?.sent(offset);
    expect(verdict(publications('e', 5), [account])).toMatchObject({ ...NOTHING, outOfOrder: 2 });
  });

  test('behind another subscribed everything begins anew, and two connections may overlap', () => {
    const account = accountWith([1, 2, 3]);
    account.connections[0]?.subscribed({ epoch: 'f', offset: 1 });
    account.connections[0]?.sent(2);
    const second = account.connection();
    second.subscribed({ epoch: 'e', offset: 1 });
    for (const offset of [2, 3, 4, 5]) second.sent(offset);
    expect(verdict(publications('e', 5), [account])).toMatchObject(NOTHING);
  });

  test('what application and connection both show is one fault', () => {
    const account = new ChannelRecord(CHANNEL).account('probe 1');
    const connection = account.connection();
    account.joined({ epoch: 'e', offset: 0 }, 0);
    connection.subscribed({ epoch: 'e', offset: 0 });
    for (const offset of [1, 3, 3, 4, 5]) {
      connection.sent(offset);
      account.take(message('e', offset));
    }
    expect(verdict(publications('e', 5), [account])).toMatchObject({ ...NOTHING, lost: 1, duplicated: 1 });
  });
});
