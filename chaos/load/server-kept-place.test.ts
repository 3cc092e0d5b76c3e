import { beforeEach, describe, expect, test } from 'vitest';
import type { MessageFrame, SubscribedFrame } from '../../services/protocol/frames.js';
import { parseChannelName, parseClientId, parseEpoch, parseOffset } from '../../services/protocol/ids.js';
import { verdict } from '../../services/ledger/check.js';
import { Books } from './books.js';
import { ChannelHearing } from './channel-hearing.js';
import { ServerKeptPlace } from './server-kept-place.js';

const known = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('not a word of the protocol');
  return value;
};
const channel = known(parseChannelName('chat'));
const place = (life: string, at: number) => ({ epoch: known(parseEpoch(life)), offset: known(parseOffset(at)) });
const subscribed = (life: string, at: number, recovered: boolean): SubscribedFrame => ({
  type: 'subscribed',
  channel,
  ...place(life, at),
  recovered,
});
const message = (life: string, at: number): MessageFrame => ({
  type: 'message',
  channel,
  ...place(life, at),
  from: known(parseClientId('somebody')),
  data: { id: `${life}-${at}`, at: 0, pad: '' },
  time: '2026-11-24T00:00:00.000Z',
});

let books: Books;
let subscription: ChannelHearing;
const connected = (resumed: boolean, frame: SubscribedFrame): void => {
  subscription.begin();
  subscription.welcomed(resumed);
  subscription.subscribed(frame);
};
const counts = () => {
  const { delivered, duplicated, outOfOrder, lost, told } = verdict(books.publications, books.accounts);
  return { delivered, duplicated, outOfOrder, lost, told };
};

beforeEach(() => {
  books = new Books(['chat']);
  const account = books.account('chat-1', 'chat');
  subscription = new ChannelHearing(account, books, new ServerKeptPlace(account));
  connected(false, subscribed('a', 0, true));
  for (const offset of [1, 2, 3]) subscription.heard(message('a', offset));
});

describe('a client whose place the server keeps', () => {
  test('[resume-4] may be sent what lies behind its confirmed place again', () => {
    connected(true, subscribed('a', 3, true));
    for (const offset of [2, 3, 4]) subscription.heard(message('a', offset));
    expect(counts()).toEqual({ delivered: 4, duplicated: 0, outOfOrder: 0, lost: 0, told: 0 });
  });

  test('[resume-4] also when the log has lived on since', () => {
    subscription.heard(message('b', 4));
    connected(true, subscribed('b', 4, true));
    for (const offset of [2, 3]) subscription.heard(message('a', offset));
    for (const offset of [4, 5]) subscription.heard(message('b', offset));
    expect(counts()).toEqual({ delivered: 5, duplicated: 0, outOfOrder: 0, lost: 0, told: 0 });
  });

  test('is sent nothing twice on one connection', () => {
    subscription.heard(message('a', 3));
    expect(counts()).toMatchObject({ duplicated: 1 });
  });

  test('is told by a session that was over, and by an order that broke', () => {
    connected(false, subscribed('a', 7, true));
    subscription.heard(message('a', 8));
    connected(true, subscribed('b', 5, false));
    subscription.heard(message('b', 6));
    expect(counts()).toEqual({ delivered: 5, duplicated: 0, outOfOrder: 0, lost: 0, told: 2 });
  });

  test('knows by the epoch what Redis lost behind its confirmed place while it was away', () => {
    connected(true, subscribed('b', 2, true));
    for (const offset of [3, 4]) subscription.heard(message('b', offset));
    expect(counts()).toEqual({ delivered: 5, duplicated: 0, outOfOrder: 0, lost: 0, told: 1 });
  });

  test('is out of order where another life comes again without a word on a live connection', () => {
    connected(true, subscribed('a', 3, true));
    subscription.heard(message('a', 4));
    subscription.heard(message('b', 3));
    expect(counts()).toMatchObject({ outOfOrder: 1 });
  });
});
