import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { messageFrameText, publicationBody } from '../protocol/encode.js';
import type { JsonValue } from '../protocol/frames.js';
import { parseChannelName, parseClientId, parseEpoch, parseOffset } from '../protocol/ids.js';
import { scanMessage } from './frame-scan.js';

const frame = (epoch: string, offset: number, data: JsonValue): string =>
  messageFrameText(
    parseChannelName('ledger:a1:3')!,
    parseEpoch(epoch)!,
    parseOffset(offset)!,
    '2026-11-24T10:00:00.000Z',
    publicationBody(parseClientId('anon-0badcafe')!, data),
  );

test('what is searched for is what a decoder finds, whatever stands in the data', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), fc.nat(), fc.stringMatching(/^[ -~]{1,64}$/), (data, offset, epoch) => {
      expect(scanMessage(frame(epoch, offset, data))).toEqual({ channel: 'ledger:a1:3', epoch, offset, id: data });
    }),
  );
});

test('data that is no string has no id, also when a string stands inside', () => {
  for (const data of [7, null, { data: 'p1-2' }, { a: 1, data: 'p1-2' }, ['x']]) {
    expect(scanMessage(frame('e', 7, data))).toMatchObject({ offset: 7, id: '' });
  }
});

test('every other frame is left alone', () => {
  expect(scanMessage('{"type":"ack","message_count":1}')).toBeUndefined();
  expect(scanMessage('{"type":"message","to":{"client_id":"a"},"from":"b","data":"x","time":"t"}')).toBeUndefined();
  expect(scanMessage('{"type":"message"')).toBeUndefined();
});
