import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeServerFrame } from './decode-server.js';
import {
  ackFrameText,
  encodeServerFrame,
  historyFrameText,
  messageFrameText,
  pongFrameText,
  publicationBody,
} from './encode.js';
import { serverFrames } from './testing/arbitrary-server-frames.js';

describe('ackFrameText', () => {
  it('is the text that encodeServerFrame writes of the ack of a publish', () => {
    fc.assert(
      fc.property(serverFrames.ack, ({ id, channel, epoch, offset, message_count, duplicate }) => {
        fc.pre(channel !== undefined && epoch !== undefined && offset !== undefined);
        const accepted = { epoch, offset, duplicate: duplicate === true };
        expect(JSON.parse(ackFrameText(channel, accepted, message_count, id))).toStrictEqual({
          type: 'ack',
          ...(id !== undefined && { id }),
          channel,
          epoch,
          offset,
          message_count,
          ...(duplicate === true && { duplicate }),
        });
      }),
    );
  });
});

describe('pongFrameText', () => {
  it('is the text of the same frame that encodeServerFrame writes', () => {
    fc.assert(
      fc.property(serverFrames['system.pong'], (frame) => {
        expect(JSON.parse(pongFrameText(frame.time, frame.id))).toStrictEqual(JSON.parse(encodeServerFrame(frame)));
      }),
    );
  });
});

describe('messageFrameText', () => {
  it('is the text of the same frame that encodeServerFrame writes', () => {
    fc.assert(
      fc.property(serverFrames.message, (frame) => {
        fc.pre('channel' in frame);
        const { channel, epoch, offset, from, data, time } = frame;
        const text = messageFrameText(channel, epoch, offset, time, publicationBody(from, data));
        expect(decodeServerFrame(text)).toStrictEqual(decodeServerFrame(encodeServerFrame(frame)));
      }),
    );
  });
});

describe('historyFrameText', () => {
  it('is the text of the same frame that encodeServerFrame writes', () => {
    fc.assert(
      fc.property(serverFrames.history, (frame) => {
        const { publications, ...rest } = frame;
        const encoded = publications.map(({ epoch, offset, time, from, data }) => ({
          epoch,
          offset,
          timeMs: Date.parse(time),
          body: publicationBody(from, data),
        }));
        expect(decodeServerFrame(historyFrameText(rest, encoded))).toStrictEqual({ ok: true, frame });
      }),
    );
  });
});

describe('publicationBody', () => {
  it('survives the way through UTF-8 whatever the strings hold [frame-5]', () => {
    fc.assert(
      fc.property(serverFrames.message, ({ from, data }) => {
        const body = publicationBody(from, data);
        expect(Buffer.from(body).toString()).toBe(body);
        expect(JSON.parse(`{${body}}`)).toStrictEqual({ from, data });
      }),
    );
  });
});
