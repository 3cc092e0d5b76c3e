import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isClean } from './check.js';
import {
  acked,
  CHANNEL,
  correctRuns,
  DELIVERY_MS,
  heardTo,
  joined,
  judge,
  message,
  NOTHING,
  publications,
  spoilable,
  spoiled,
} from './testing/runs.js';

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
