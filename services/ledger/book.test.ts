import { beforeEach, expect, test } from 'vitest';
import { Book } from './book.js';
import { isClean } from './check.js';
import { now } from './clock.js';
import type { Outcome } from './events.js';
import { Mishaps } from './mishaps.js';

const ackAt = (offset: number): Outcome => ({ kind: 'acked', epoch: 'e', offset, duplicate: false, atMs: now() });
const refused: Outcome = { kind: 'refused', code: 'overloaded' };

let book: Book;
beforeEach(() => {
  book = new Book();
});

test('a publication is unanswered until it is acked or refused, once', () => {
  for (const id of ['a', 'b', 'c']) book.published('ch', id);
  expect(book.unanswered).toBe(3);
  book.answered('a', ackAt(1));
  book.answered('a', refused);
  book.answered('b', refused);
  book.answered('nobody knows it', refused);
  expect(book.unanswered).toBe(1);
  expect(book.publications.map(({ id, outcome }) => [id, outcome.kind])).toEqual([
    ['a', 'acked'],
    ['b', 'refused'],
    ['c', 'unknown'],
  ]);
});

test('an id that was given twice leaves one without an answer: such a ledger is not clean', () => {
  book.published('ch', 'a');
  book.published('ch', 'a');
  book.answered('a', ackAt(1));
  book.answered('a', ackAt(2));
  expect(book.unanswered).toBe(1);
  expect(isClean(book.verdict(new Mishaps()), book.unanswered)).toBe(false);
});

test('the time of a publish is known by its id', () => {
  const before = now();
  book.published('ch', 'a');
  expect(book.sentAtMs('a')).toBeGreaterThanOrEqual(before);
  expect(book.sentAtMs('a')).toBeLessThanOrEqual(now());
  expect(book.sentAtMs('b')).toBeUndefined();
});

test('the accounts of a channel are of one record, and all of them are judged', () => {
  const [one, two, other] = [book.account('ch', 'one'), book.account('ch', 'two'), book.account('other', 'three')];
  expect(two.channel).toBe(one.channel);
  expect(other.channel).not.toBe(one.channel);
  for (const account of [one, two, other]) account.joined({ epoch: 'e', offset: 0 });
  book.published('ch', 'a');
  book.answered('a', ackAt(1));
  one.heard({ epoch: 'e', offset: 1, id: 'a', atMs: now() });
  expect(book.verdict(new Mishaps())).toMatchObject({ acked: 1, delivered: 1, lost: 1 });
});

test('what was refused on the way counts, though no publication stayed refused', () => {
  const mishaps = new Mishaps();
  mishaps.handshakesRefused = 2;
  mishaps.errorFrames = 3;
  mishaps.publishesRefused = 1;
  book.published('ch', 'a');
  book.answered('a', refused);
  expect(book.verdict(mishaps).refused).toBe(2 + 2 + 1);
});

test('a publish that was refused without a frame takes nothing from the handshakes', () => {
  const mishaps = new Mishaps();
  mishaps.handshakesRefused = 1;
  mishaps.publishesRefused = 1;
  expect(mishaps.refusedOnTheWay).toBe(1);
});
