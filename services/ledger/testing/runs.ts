import * as fc from 'fast-check';
import type { Heard, Publication } from '../events.js';
import { verdict, type Verdict } from '../check.js';
import { ChannelRecord, type Account } from '../record.js';

/** A run of a cluster that kept every promise, as plain data that a test can spoil. */
export type Run = Readonly<{ publications: readonly Publication[]; heard: readonly Heard[][] }>;

export const CHANNEL = 'ledger:0';
export const PUBLISH_EVERY_MS = 10;
export const DELIVERY_MS = 3;

export const acked = (
  id: string,
  epoch: string,
  offset: number,
  sentAtMs = offset * PUBLISH_EVERY_MS,
): Publication => ({
  channel: CHANNEL,
  id,
  sentAtMs,
  outcome: { kind: 'acked', epoch, offset, duplicate: false, atMs: sentAtMs + 1 },
});
export const joined = (epoch: string, offset: number, atMs = offset * PUBLISH_EVERY_MS): Heard => ({
  kind: 'joined',
  epoch,
  offset,
  atMs,
});
export const reset = (epoch: string, offset: number, atMs = offset * PUBLISH_EVERY_MS): Heard => ({
  kind: 'reset',
  epoch,
  offset,
  atMs,
});
export const message = (epoch: string, offset: number, id = `${epoch}-${offset}`): Heard => ({
  kind: 'message',
  epoch,
  offset,
  id,
  atMs: offset * PUBLISH_EVERY_MS + DELIVERY_MS,
});

/** The counts of a ledger without a fault. */
export const NOTHING = { lost: 0, duplicated: 0, outOfOrder: 0, refused: 0, told: 0, neverJoined: 0 };

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** Acked at the offsets from 1 to `last`. */
export const publications = (epoch: string, last: number): Publication[] =>
  upTo(last).map((offset) => acked(`${epoch}-${offset}`, epoch, offset));

/** The messages of these offsets. */
export const heardTo = (epoch: string, last: number): Heard[] => upTo(last).map((offset) => message(epoch, offset));

export const judge = (run: Run): Verdict => verdict(run.publications, accountsOf(run.heard));

/** Accounts of one channel, one a list. */
export const accountsOf = (heard: readonly (readonly Heard[])[]): readonly Account[] => {
  const channel = new ChannelRecord(CHANNEL);
  return heard.map((events, index) => {
    const account = channel.account(`probe ${index + 1}`);
    for (const event of events) account.take(event);
    return account;
  });
};

/**
 * One to forty publications in up to four lives whose offsets go on, and one to five subscribers, each joined somewhere
 * and hearing all that follows.
 */
export const correctRuns = (): fc.Arbitrary<Run> =>
  fc
    .record({
      count: fc.integer({ min: 1, max: 40 }),
      restarts: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
      joins: fc.array(fc.nat(39), { minLength: 1, maxLength: 5 }),
    })
    .map(({ count, restarts, joins }) => {
      const epochAt = (offset: number): string => `e${new Set(restarts.filter((at) => at <= offset)).size}`;
      const offsets = Array.from({ length: count }, (_, index) => index + 1);
      return {
        publications: offsets.map((offset) => acked(`${epochAt(offset)}-${offset}`, epochAt(offset), offset)),
        heard: joins.map((place) => {
          const join = Math.min(place, count - 1);
          return [
            joined(epochAt(join), join),
            ...offsets.filter((offset) => offset > join).map((offset) => message(epochAt(offset), offset)),
          ];
        }),
      };
    });

/** A run, and a subscriber and a message of its list to spoil. */
export const spoilable = (least: number): fc.Arbitrary<Readonly<{ run: Run; subscriber: number; at: number }>> =>
  correctRuns()
    .filter(({ heard }) => heard.some((events) => events.length > least))
    .chain((run) =>
      fc
        .constantFrom(...[...run.heard.keys()].filter((index) => (run.heard[index]?.length ?? 0) > least))
        .chain((subscriber) =>
          fc.record({
            run: fc.constant(run),
            subscriber: fc.constant(subscriber),
            at: fc.integer({ min: 1, max: (run.heard[subscriber]?.length ?? 0) - least }),
          }),
        ),
    );

/** The run with the list of one subscriber changed. */
export const spoiled = (run: Run, subscriber: number, change: (events: readonly Heard[]) => Heard[]): Run => ({
  ...run,
  heard: run.heard.map((events, index) => (index === subscriber ? change(events) : events)),
});
