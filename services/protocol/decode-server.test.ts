import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeServerFrame } from './decode-server.js';
import { encodeServerFrame } from './encode.js';
import { anyServerFrame, serverFrames } from './testing/arbitrary-server-frames.js';
import type { ServerFrame } from './frames.js';
import { almost } from './testing/arbitrary-values.js';

describe('decodeServerFrame', () => {
  it.each(Object.entries<fc.Arbitrary<ServerFrame>>(serverFrames))(
    'reads what encodeServerFrame writes: %s',
    (_type, arbitrary) => {
      fc.assert(
        fc.property(arbitrary, (frame) => {
          expect(decodeServerFrame(encodeServerFrame(frame))).toStrictEqual({ ok: true, frame });
        }),
      );
    },
  );

  it('gives a value for every text, and never throws', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json({ stringUnit: 'binary' }),
      almost(anyServerFrame),
      fc.nat(30_000).map((n) => '['.repeat(n) + ']'.repeat(n)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(typeof decodeServerFrame(text).ok).toBe('boolean');
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(Object.entries<fc.Arbitrary<ServerFrame>>(serverFrames))(
    'refuses %s without one of its fields',
    (type, arbitrary) => {
      const [sample] = fc.sample(arbitrary, 1);
      const optional = new Set(
        'id channel epoch offset duplicate delivered recovered to disconnect_in next_cursor info joined left presence_change.client_id system.token_renewed.expires_in'.split(
          ' ',
        ),
      );
      for (const field of Object.keys(sample ?? {})) {
        if (optional.has(field) || optional.has(`${type}.${field}`)) continue;
        const decoded = decodeServerFrame(JSON.stringify({ ...sample, [field]: undefined }));
        expect(decoded, `${type} without ${field}`).toMatchObject({ ok: false, code: 'invalid_frame' });
      }
    },
  );

  it.each(Object.entries<fc.Arbitrary<ServerFrame>>(serverFrames))(
    'refuses %s with a field of a wrong kind, be it optional or not',
    (type, arbitrary) => {
      for (const sample of fc.sample(arbitrary, 30)) {
        for (const field of Object.keys(sample).filter((name) => !['type', 'data', 'info'].includes(name))) {
          const decoded = decodeServerFrame(JSON.stringify({ ...sample, [field]: [null] }));
          expect(decoded, `${type} with a bad ${field}`).toMatchObject({
            ok: false,
            code: 'invalid_frame',
            message: `${type} with a missing or malformed field`,
          });
        }
      }
    },
  );

  it.each(Object.entries<fc.Arbitrary<ServerFrame>>(serverFrames))(
    'leaves out what it does not know of %s [frame-3]',
    (_type, arbitrary) => {
      fc.assert(
        fc.property(arbitrary, (frame) => {
          const later = JSON.stringify({ ...frame, later: 1 });
          expect(decodeServerFrame(later)).toStrictEqual({ ok: true, frame });
        }),
      );
    },
  );

  it.each([
    { type: 'history', channel: 'room', epoch: 'e', offset: 1, publications: [{}], more: false },
    { type: 'presence', channel: 'room', clients: [{ client_id: 'a', connections: 1 }], count: 1 },
    { type: 'message', to: {}, message_id: 'm', from: 'a', data: 1, time: 't' },
  ])('refuses a malformed part of a $type', (frame) => {
    expect(decodeServerFrame(JSON.stringify(frame))).toMatchObject({ ok: false, code: 'invalid_frame' });
  });

  it.each(['id', 'channel', 'epoch', 'offset', 'duplicate', 'delivered'])('refuses an ack with a bad %s', (field) => {
    expect(decodeServerFrame(JSON.stringify({ type: 'ack', message_count: 1, [field]: {} }))).toMatchObject({
      ok: false,
      code: 'invalid_frame',
    });
  });

  it.each(['[]', 'null', '{"type":1}'])('refuses %s: invalid_frame', (text) => {
    expect(decodeServerFrame(text)).toMatchObject({ ok: false, code: 'invalid_frame' });
  });

  it('refuses what is no JSON: invalid_json', () => {
    expect(decodeServerFrame('You sent: hello')).toMatchObject({ ok: false, code: 'invalid_json' });
  });

  it.each(['publish', 'system.later', '__proto__', ''])('refuses the type %j: unknown_type [frame-3]', (type) => {
    expect(decodeServerFrame(JSON.stringify({ type }))).toMatchObject({ ok: false, code: 'unknown_type' });
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'refuses a type that every object has, %s: unknown_type',
    (type) => {
      expect(decodeServerFrame(JSON.stringify({ type }))).toStrictEqual({
        ok: false,
        code: 'unknown_type',
        message: 'unknown type',
      });
    },
  );

  it('reads an error code that it does not know as internal [frame-3]', () => {
    expect(decodeServerFrame('{"type":"error","id":"a","code":"later","message":"m"}')).toStrictEqual({
      ok: true,
      frame: { type: 'error', id: 'a', code: 'internal', message: 'm' },
    });
  });
});
