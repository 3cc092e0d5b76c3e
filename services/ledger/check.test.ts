import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isClean, verdict } from './check.js';
import type { Heard, Publication } from './events.js';
import { ChannelRecord } from './record.js';
import {
  accountsOf,
  acked,
  CHANNEL,
  correctRuns,
  DELIVERY_MS,
  joined,
  message,
  reset,
  spoilable,
  spoiled,
  type Run,
} from './testing/runs.js';

const NOTHING = { lost: 0, duplicated: 0, outOfOrder: 0, refused: 0, told: 0, neverJoined: 0 };
const judge = ({ publications, heard }: Run) => verdict(publications, accountsOf(heard));
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
const publications = (epoch: string, last: number): Publication[] =>
  upTo(last).map((offset) => acked(`${epoch}-${offset}`, epoch, offset));
const heardTo = (epoch: string, last: number) => upTo(last).map((offset) => message(epoch, offset));

describe('a run that kept every promise', () => {
  test('gives zeros, whoever joins where, and over changes of the epoch while offsets go on [order-2]', () => {
    fc.assert(
      fc.property(correctRuns(), (run) => {
        const result = judge(run);
        expect(result).toMatchObject({ ...NOTHING, acked: run.publications.length, examples: [] });
        expect(result.delivered).toBe(run.heard.flat().filter(({ kind }) => kind === 'message').length);
        expect(isClean(result, 0)).toBe(true);
      }),
    );
  });

  test('delivery is measured from the call to publish', () => {
    const result = judge({ publications: publications('e', 3), heard: [[joined('e', 0), ...heardTo('e', 3)]] });
    expect(result.deliveryMs.max).toBeCloseTo(DELIVERY_MS);
    expect(result.deliveryMs.p50).toBeCloseTo(DELIVERY_MS, 0);
  });
});

describe('a clean ledger', () => {
  const whole = judge({ publications: publications('e', 3), heard: [[joined('e', 0), ...heardTo('e', 3)]] });

  test('has every publish answered', () => {
    expect([isClean(whole, 0), isClean(whole, 1)]).toEqual([true, false]);
  });

  test('holds something: where nothing was acked, nothing was shown', () => {
    expect(isClean(judge({ publications: [], heard: [[joined('e', 0)]] }), 0)).toBe(false);
  });

  test.each(['lost', 'duplicated', 'outOfOrder', 'refused', 'neverJoined'] as const)('has nothing %s', (fault) => {
    expect(isClean({ ...whole, [fault]: 1 }, 0)).toBe(false);
  });

  test('may have been told something', () => {
    expect(isClean({ ...whole, told: 3 }, 0)).toBe(true);
  });
});

describe('one fault is found once, and named', () => {
  test('a delivery that is missing is lost', () => {
    fc.assert(
      fc.property(spoilable(1), ({ run, subscriber, at }) => {
        const gone = run.heard[subscriber]?.[at];
        const result = judge(spoiled(run, subscriber, (events) => events.toSpliced(at, 1)));
        expect(result).toMatchObject({ ...NOTHING, lost: 1 });
        expect(result.examples).toEqual([
          expect.stringMatching(
            `^probe ${subscriber + 1} on ${CHANNEL} never got offset ${gone?.offset} \\(id ${gone?.epoch}-${gone?.offset}\\), acked at 1970-`,
          ),
        ]);
      }),
    );
  });

  test('a delivery that comes twice, at once or later, is duplicated', () => {
    fc.assert(
      fc.property(spoilable(1), fc.nat(40), ({ run, subscriber, at }, later) => {
        const twice = run.heard[subscriber]?.[at];
        const result = judge(
          spoiled(run, subscriber, (events) => (twice ? events.toSpliced(at + 1 + later, 0, twice) : [])),
        );
        expect(result).toMatchObject({ ...NOTHING, duplicated: 1 });
        expect(result.examples[0]).toContain(`probe ${subscriber + 1} on ${CHANNEL} got offset ${twice?.offset} twice`);
      }),
    );
  });

  test('two deliveries that change places are out of order', () => {
    fc.assert(
      fc.property(spoilable(2), ({ run, subscriber, at }) => {
        const result = judge(
          spoiled(run, subscriber, (events) => events.toSpliced(at, 2, ...events.slice(at, at + 2).toReversed())),
        );
        expect(result).toMatchObject({ ...NOTHING, outOfOrder: 1 });
      }),
    );
  });

  test('each one that comes behind a newer one is out of order, not only the first', () => {
    const heard = [[joined('e', 0), ...[1, 5, 2, 3, 4, 6].map((offset) => message('e', offset))]];
    expect(judge({ publications: publications('e', 6), heard })).toMatchObject({ ...NOTHING, outOfOrder: 3 });
  });

  test('the last delivery counts like any other', () => {
    const result = judge({ publications: publications('e', 3), heard: [[joined('e', 0), ...heardTo('e', 2)]] });
    expect(result).toMatchObject({ ...NOTHING, lost: 1 });
  });

  test('a message with the id of another publication is a loss: the place alone proves nothing', () => {
    const heard = [[joined('e', 0), message('e', 1), message('e', 2, 'e-1'), message('e', 3)]];
    const result = judge({ publications: publications('e', 3), heard });
    expect(result).toMatchObject({ lost: 1, duplicated: 1 });
  });

  test('[once-1] a publication that is logged at two offsets is duplicated, once for all subscribers', () => {
    const events = [joined('e', 0), message('e', 1), message('e', 2, 'e-1')];
    const result = judge({ publications: publications('e', 1), heard: [events, events] });
    expect(result).toMatchObject({ ...NOTHING, duplicated: 1 });
    expect(result.examples).toEqual([`id e-1 is logged twice in ${CHANNEL}: at offsets 1, 2`]);
  });

  test('an ack that names another offset than the log is such a publication', () => {
    const result = judge({ publications: [acked('x', 'e', 7)], heard: [[joined('e', 0), message('e', 1, 'x')]] });
    expect(result).toMatchObject({ ...NOTHING, duplicated: 1 });
  });

  test('examples end at ten, counts do not', () => {
    const result = judge({ publications: publications('e', 30), heard: [[joined('e', 0)]] });
    expect(result.lost).toBe(30);
    expect(result.examples).toHaveLength(10);
  });
});

describe('what a reset excuses [order-3]', () => {
  const skip = (from: number, to: number, position: number) => [
    joined('e', 0),
    ...heardTo('e', 20).filter(({ offset }) => offset < from),
    reset('e', position),
    ...heardTo('e', 20).filter(({ offset }) => offset > to),
  ];

  test('exactly what lies before its position', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.nat(10),
        fc.integer({ min: -3, max: 3 }),
        (from, length, shift) => {
          const to = Math.min(20, from + length);
          const position = Math.min(20, Math.max(from - 1, to + shift));
          const result = judge({ publications: publications('e', 20), heard: [skip(from, to, position)] });
          expect(result).toMatchObject({ lost: Math.max(0, to - position), told: 1, duplicated: 0 });
        },
      ),
    );
  });

  test('of an earlier life everything, also at higher offsets: Redis came back older', () => {
    const after = [13, 14, 15, 16].map((offset) => acked(`f-${offset}`, 'f', offset, 1_000 + offset));
    const heard = [
      [joined('e', 0), ...heardTo('e', 10), reset('f', 12, 1_000), ...[13, 14, 15, 16].map((n) => message('f', n))],
    ];
    const result = judge({ publications: [...publications('e', 15), ...after], heard });
    expect(result).toMatchObject({ ...NOTHING, told: 1 });
  });

  test('the same offset in another life after a reset is no duplicate', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 3), reset('f', 1), message('f', 2), message('f', 3)]];
    const lives = [...publications('e', 3), acked('f-2', 'f', 2, 100), acked('f-3', 'f', 3, 110)];
    expect(judge({ publications: lives, heard })).toMatchObject({ ...NOTHING, told: 1 });
  });

  test('the same offset in another life without a reset is out of order: nobody said so', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 3), message('f', 3), message('f', 4)]];
    const lives = [...publications('e', 3), acked('f-3', 'f', 3, 100), acked('f-4', 'f', 4, 110)];
    expect(judge({ publications: lives, heard })).toMatchObject({ ...NOTHING, outOfOrder: 1 });
  });

  test('nothing of a later life, even if nobody heard a word of it', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 2), reset('e', 3, 30)]];
    const lives = [...publications('e', 3), acked('f-4', 'f', 4, 100)];
    expect(judge({ publications: lives, heard })).toMatchObject({ ...NOTHING, told: 1, lost: 1 });
  });

  test('nothing that was under way at the reset and was acked in a later life', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 2), reset('e', 2, 30)]];
    const late = { ...acked('f-3', 'f', 3, 25), outcome: { ...acked('f-3', 'f', 3).outcome, atMs: 100 } };
    expect(judge({ publications: [...publications('e', 2), late], heard })).toMatchObject({
      ...NOTHING,
      lost: 1,
      told: 1,
    });
  });

  test('an ack that is heard of late makes no life later', () => {
    const heard = [[joined('e', 0), message('e', 1), reset('f', 1, 50)]];
    const late = { ...acked('e-2', 'e', 2), outcome: { ...acked('e-2', 'e', 2).outcome, atMs: 60 } };
    expect(judge({ publications: [acked('e-1', 'e', 1), late], heard })).toMatchObject({ ...NOTHING, told: 1 });
  });

  test('a life that only its publisher saw, between two that the subscriber was told of', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 3), reset('g', 3, 200), message('g', 4)]];
    const lives = [...publications('e', 3), acked('f-4', 'f', 4, 100), acked('g-4', 'g', 4, 210)];
    expect(judge({ publications: lives, heard })).toMatchObject({ ...NOTHING, told: 1 });
  });

  test('an offset of the same life that comes again behind a reset is a duplicate all the same', () => {
    const heard = [[joined('e', 0), ...heardTo('e', 3), reset('e', 1), message('e', 3)]];
    expect(judge({ publications: publications('e', 3), heard })).toMatchObject({ duplicated: 1, told: 1 });
  });

  test('a publication that was refused by a Redis that fell back, and published again there, is heard twice, rightly', () => {
    const heard = [
      [
        joined('e', 0),
        message('e', 1, 'x'),
        message('e', 2, 'y'),
        reset('f', 1),
        message('f', 2, 'z'),
        message('f', 3, 'y'),
      ],
    ];
    const lives = [acked('x', 'e', 1), acked('z', 'f', 2, 100), acked('y', 'f', 3, 110)];
    expect(judge({ publications: lives, heard })).toMatchObject({ ...NOTHING, told: 1 });
  });

  test('the same in another life without a reset is a duplicate', () => {
    const heard = [[joined('e', 0), message('e', 1, 'x'), message('f', 2, 'x')]];
    expect(judge({ publications: [acked('x', 'e', 1)], heard })).toMatchObject({ ...NOTHING, duplicated: 1 });
  });
});

describe('who is expected to hear what', () => {
  test('nobody what was there when it joined', () => {
    const heard = [[joined('e', 5)], [joined('f', 5, 500)]];
    expect(judge({ publications: publications('e', 5), heard })).toMatchObject(NOTHING);
  });

  test('who never joined, nothing: but it is counted, since it proves nothing', () => {
    const result = judge({ publications: publications('e', 5), heard: [[], [joined('e', 0), ...heardTo('e', 5)]] });
    expect(result).toMatchObject({ ...NOTHING, neverJoined: 1 });
    expect(isClean(result, 0)).toBe(false);
  });

  test('everybody what was published after it joined, even where its join names a place far ahead', () => {
    const result = judge({ publications: publications('e', 3), heard: [[joined('e', 1_000, 15)]] });
    expect(result).toMatchObject({ ...NOTHING, lost: 2 });
  });

  test('everybody what was published after a reset, even where that names a place far ahead', () => {
    const heard = [[joined('e', 0), message('e', 1), reset('e', 1_000, 20)]];
    expect(judge({ publications: publications('e', 4), heard })).toMatchObject({ ...NOTHING, lost: 2, told: 1 });
  });

  test('nobody what was refused, or not answered', () => {
    const events = [joined('e', 0), message('e', 1), message('e', 2, 'u')];
    const result = verdict(
      [
        acked('e-1', 'e', 1),
        { channel: CHANNEL, id: 'u', sentAtMs: 5, outcome: { kind: 'unknown' } },
        { channel: CHANNEL, id: 'r', sentAtMs: 6, outcome: { kind: 'refused', code: 'overloaded' } },
      ],
      accountsOf([events]),
      2,
    );
    expect(result).toMatchObject({ ...NOTHING, acked: 1, delivered: 2, refused: 3 });
    expect(isClean(result, 0)).toBe(false);
  });

  test('nobody what was published in another channel', () => {
    const other: Publication = { ...acked('x', 'e', 1), channel: 'ledger:1' };
    expect(judge({ publications: [other], heard: [[joined('e', 0)]] })).toMatchObject({ ...NOTHING, acked: 1 });
  });
});

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
