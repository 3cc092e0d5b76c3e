import { beforeEach, expect, test } from 'vitest';
import { ConnectionWatch } from './connection-watch.js';
import { ChannelRecord, type Account } from './record.js';

let account: Account;
let watch: ConnectionWatch;
beforeEach(() => {
  account = new ChannelRecord('ledger:1').account('probe 1');
  watch = new ConnectionWatch(account);
});

const subscribed = (offset: number, recovered: boolean, more: object = {}): string =>
  JSON.stringify({ type: 'subscribed', id: 's', channel: 'ledger:1', epoch: 'e', offset, recovered, ...more });
const message = (offset: number, channel = 'ledger:1'): string =>
  JSON.stringify({
    type: 'message',
    channel,
    epoch: 'e',
    offset,
    from: 'somebody',
    data: 'x',
    time: '2026-11-24T00:00:00.000Z',
  });
const subscribe = (more: object = {}): string =>
  JSON.stringify({ type: 'subscribe', channel: 'ledger:1', id: 's', recover: { epoch: 'e', offset: 4 }, ...more });
const stretches = () => account.connections[0]?.stretches;

test('what it recovers from is what its messages follow', () => {
  watch.sent(subscribe());
  watch.received(subscribed(9, true));
  watch.received(message(5));
  expect(stretches()).toEqual([{ base: 4, runs: [{ from: 5, to: 5 }] }]);
});

test.each([
  ['not recovered', subscribe(), subscribed(9, false)],
  ['asked for nothing', subscribe({ recover: undefined }), subscribed(9, true)],
  ['another subscribe', subscribe({ id: 'other' }), subscribed(9, true)],
  ['unasked, again', subscribe(), subscribed(9, true, { id: undefined })],
  ['a publish that looks like it', subscribe({ type: 'publish', data: 'x' }), subscribed(9, true)],
])('%s: its messages follow the newest', (_, sent, received) => {
  watch.sent(sent);
  watch.received(received);
  expect(stretches()).toEqual([{ base: 9, runs: [] }]);
});

test('the first subscribed is its join, whichever connection brings it, and no other is', () => {
  watch.received(subscribed(3, false));
  watch.received(subscribed(5, false));
  new ConnectionWatch(account).received(subscribed(7, true));
  expect(account.marks.map(({ kind, offset }) => [kind, offset])).toEqual([['joined', 3]]);
});

test('another channel is none of its business', () => {
  watch.received(subscribed(3, false, { channel: 'ledger:2' }));
  watch.received(message(4, 'ledger:2'));
  expect([stretches(), account.marks]).toEqual([[], []]);
});

test('the welcome says which color serves it', () => {
  const welcome = {
    type: 'system.welcome',
    protocol: 1,
    session_id: '6f1c5f0e-0d5c-4b5e-9d5e-1f2e3d4c5b6a',
    connection_id: '7f1c5f0e-0d5c-4b5e-9d5e-1f2e3d4c5b6a',
    client_id: 'anon-1f2e3d4c',
    resumed: false,
    message_count: 0,
    color: 'green',
    worker: '1',
    heartbeat_interval: 30,
    time: '2026-11-24T00:00:00.000Z',
  };
  watch.received(JSON.stringify(welcome));
  expect(account.connections[0]?.welcome).toMatchObject({ color: 'green' });
});
