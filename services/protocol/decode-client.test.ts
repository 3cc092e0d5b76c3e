import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLIENT_FRAME_TYPES, canBeFrame, decodeClientFrame } from './decode-client.js';
import { encodeClientFrame } from './encode.js';
import type { ClientErrorCode } from './error-codes.js';
import type { ClientFrame } from './frames.js';
import { MAX_JSON_DEPTH } from './limits.js';
import { anyClientFrame, clientFrames } from './testing/arbitrary-client-frames.js';
import { almost, frameId } from './testing/arbitrary-values.js';

const refusal = (code: ClientErrorCode, says: string) => ({
  ok: false,
  code,
  message: expect.stringContaining(says) as unknown,
});

/** A publish whose frame is `levels` deep; the frame itself is the first level. */
const publishOfDepth = (levels: number, open = '[', close = ']'): string =>
  `{"type":"publish","channel":"a","id":"7","data":${open.repeat(levels - 1)}${
    open === '[' ? '' : '0'
  }${close.repeat(levels - 1)}}`;

describe('decodeClientFrame', () => {
  it.each(Object.entries<fc.Arbitrary<ClientFrame>>(clientFrames))(
    'reads what encodeClientFrame writes: %s',
    (_type, arbitrary) => {
      fc.assert(
        fc.property(arbitrary, (frame) => {
          expect(decodeClientFrame(encodeClientFrame(frame))).toStrictEqual({ ok: true, frame });
        }),
      );
    },
  );

  it('gives a value for every text, and never throws', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json({ stringUnit: 'binary' }),
      almost(anyClientFrame),
      fc.tuple(fc.constantFrom('[', '{"a":', '[[{"b":['), fc.nat(50_000)).map(([open, n]) => open.repeat(n)),
      fc.nat(30_000).map((n) => '['.repeat(n) + ']'.repeat(n)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(typeof decodeClientFrame(text).ok).toBe('boolean');
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '',
    '   ',
    'hello',
    '{',
    '{"type":"publish"',
    '{"type":"publish",}',
    "{'type':1}",
    'NaN',
    '\u0000',
    '\uFEFF{}',
  ])('refuses %j: invalid_json', (text) => {
    expect(decodeClientFrame(text)).toStrictEqual(refusal('invalid_json', 'JSON object'));
  });

  it.each(['null', '1', '"publish"', 'true', '[]', '[{"type":"system.ping"}]', '1e999'])(
    'refuses %s, which is no object: invalid_frame',
    (text) => {
      expect(decodeClientFrame(text)).toStrictEqual(refusal('invalid_frame', 'object'));
    },
  );

  it.each([
    ['{}', 'type'],
    ['{"type":null}', 'type'],
    ['{"type":["publish"]}', 'type'],
    ['{"type":"publish","data":1}', 'channel'],
    ['{"type":"publish","channel":7,"data":1}', 'channel'],
    ['{"type":"publish","channel":"a"}', 'data'],
    ['{"type":"send","data":1}', 'client_id'],
    ['{"type":"send","to":"bob","data":1}', 'client_id'],
    ['{"type":"send","to":{"client_id":"b o b"},"data":1}', 'client_id'],
    ['{"type":"send","to":{"client_id":"bob"}}', 'data'],
    ['{"type":"subscribe"}', 'channel'],
    ['{"type":"subscribe","channel":"a","recover":null}', 'recover'],
    ['{"type":"subscribe","channel":"a","recover":{"epoch":"e"}}', 'recover'],
    ['{"type":"subscribe","channel":"a","recover":{"epoch":"e","offset":-1}}', 'recover'],
    ['{"type":"subscribe","channel":"a","recover":{"epoch":"e","offset":1.5}}', 'recover'],
    ['{"type":"subscribe","channel":"a","recover":{"epoch":"e","offset":9007199254740992}}', 'recover'],
    ['{"type":"subscribe","channel":"a","recover":{"epoch":"","offset":1}}', 'recover'],
    ['{"type":"history","channel":"a","limit":0}', 'limit'],
    ['{"type":"history","channel":"a","limit":1001}', 'limit'],
    ['{"type":"history","channel":"a","limit":"10"}', 'limit'],
    ['{"type":"history","channel":"a","limit":1e999}', 'limit'],
    ['{"type":"history","channel":"a","since":[]}', 'since'],
    ['{"type":"unsubscribe"}', 'channel'],
    ['{"type":"subscribe","channel":"a","presence":1}', 'presence'],
    ['{"type":"presence","channel":{}}', 'channel'],
    ['{"type":"presence","channel":"a","limit":1001}', 'limit'],
    ['{"type":"presence","channel":"a","cursor":"-1"}', 'cursor'],
  ])('refuses %s: invalid_frame that names %s', (text, field) => {
    expect(decodeClientFrame(text)).toStrictEqual(refusal('invalid_frame', field));
  });

  it.each(['7', 'null', '""', '[]', JSON.stringify('x'.repeat(65)), '"\\ud800"'])(
    'refuses the id %s [frame-4]',
    (id) => {
      expect(decodeClientFrame(`{"type":"system.ping","id":${id}}`)).toStrictEqual(refusal('invalid_frame', 'id'));
    },
  );

  it.each(['publish', 'subscribe', 'unsubscribe', 'history', 'presence'])('%s: invalid_channel', (type) => {
    for (const channel of ['', 'a b', 'ä', 'x'.repeat(129), 'a\n']) {
      expect(decodeClientFrame(JSON.stringify({ type, channel, data: 1, id: 'i' }))).toStrictEqual({
        ...refusal('invalid_channel', 'channel'),
        id: 'i',
      });
    }
  });

  it.each(['', 'nope', 'Publish', '__proto__', 'constructor', 'system.welcome'])('type %j: unknown_type', (type) => {
    expect(decodeClientFrame(JSON.stringify({ type }))).toStrictEqual(refusal('unknown_type', 'publish'));
  });

  it.each(CLIENT_FRAME_TYPES)('knows every type that it names: %s', (type) => {
    expect(decodeClientFrame(JSON.stringify({ type }))).not.toMatchObject({ code: 'unknown_type' });
    const named = decodeClientFrame('{"type":"nope"}');
    expect(JSON.stringify(named)).toContain(type);
  });

  it('carries the id of the refused frame [error-1]', () => {
    fc.assert(
      fc.property(frameId, fc.constantFrom({ type: 'publish' }, { type: 'nope' }, {}), (id, frame) => {
        expect(decodeClientFrame(JSON.stringify({ ...frame, id }))).toMatchObject({ ok: false, id });
      }),
    );
  });

  it.each([
    ['[', ']'],
    ['{"a":', '}'],
    [' [ 1, "]]", ', ' ]'],
  ])('takes frames nested as deep as MAX_JSON_DEPTH with %j, and no deeper [frame-2]', (open, close) => {
    expect(decodeClientFrame(publishOfDepth(MAX_JSON_DEPTH, open, close))).toMatchObject({ ok: true });
    expect(decodeClientFrame(publishOfDepth(MAX_JSON_DEPTH + 1, open, close))).toStrictEqual({
      ...refusal('invalid_frame', '128 levels'),
      id: '7',
    });
  });

  it('counts no bracket inside a string as a level', () => {
    for (const data of ['['.repeat(1_000), '\\"'.repeat(500) + '['.repeat(500), '\\'.repeat(501) + '{'.repeat(500)]) {
      const text = JSON.stringify({ type: 'publish', channel: 'a', data: [data, data] });
      expect(decodeClientFrame(text)).toMatchObject({ ok: true, frame: { data: [data, data] } });
    }
  });

  it('counts levels and not brackets', () => {
    const data = Array.from({ length: 1_000 }, () => ({ a: [] }));
    expect(decodeClientFrame(JSON.stringify({ type: 'publish', channel: 'a', data }))).toMatchObject({ ok: true });
  });

  it('ignores fields that it does not know [frame-3]', () => {
    const text = '{"type":"subscribe","channel":"a","recover":{"epoch":"e","offset":0,"x":1},"__proto__":{"id":"x"}}';
    expect(decodeClientFrame(text)).toStrictEqual({
      ok: true,
      frame: { type: 'subscribe', channel: 'a', recover: { epoch: 'e', offset: 0 } },
    });
  });

  it('lets keys such as __proto__ pass in data, and pollutes nothing [frame-5]', () => {
    const data = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toJSON":1}';
    const decoded = decodeClientFrame(`{"type":"publish","channel":"a","data":${data}}`);
    expect(decoded).toMatchObject({ ok: true });
    expect(decoded.ok && encodeClientFrame(decoded.frame)).toContain(`"data":${data}`);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('types of the application', () => {
  const types = new Set(['cart.add', 'publish']);

  it.each([
    ['{"type":"cart.add","data":{"item":7},"id":"a","more":1}', { data: { item: 7 }, id: 'a' }],
    ['{"type":"cart.add","data":null}', { data: null }],
    ['{"type":"cart.add"}', { data: undefined }],
    ['{"type":"cart.add","data":{"__proto__":{"a":1}}}', { data: JSON.parse('{"__proto__":{"a":1}}') as unknown }],
  ])('%s: its data is passed as it is [handler-1]', (text, fields) => {
    expect(decodeClientFrame(text, types)).toStrictEqual({
      ok: true,
      frame: { type: 'application', name: 'cart.add', ...fields },
    });
  });

  it('are unknown where there is no handler [handler-1]', () => {
    expect(decodeClientFrame('{"type":"cart.add"}')).toStrictEqual(refusal('unknown_type', 'publish'));
    expect(decodeClientFrame('{"type":"cart.drop"}', types)).toStrictEqual(refusal('unknown_type', 'publish'));
    expect(decodeClientFrame('{"type":"application"}', types)).toStrictEqual(refusal('unknown_type', 'publish'));
  });

  it('never stand before those of the protocol', () => {
    const text = '{"type":"publish","channel":"a","data":1}';
    expect(decodeClientFrame(text, types)).toStrictEqual(decodeClientFrame(text));
  });

  it('keep the rules of every frame [frame-2] [frame-4]', () => {
    expect(decodeClientFrame('{"type":"cart.add","id":7}', types)).toStrictEqual(refusal('invalid_frame', 'id'));
    const deep = `{"type":"cart.add","data":${'['.repeat(MAX_JSON_DEPTH)}${']'.repeat(MAX_JSON_DEPTH)}}`;
    expect(decodeClientFrame(deep, types)).toStrictEqual(refusal('invalid_frame', '128 levels'));
  });
});

describe('canBeFrame [chat-2]', () => {
  it.each(['{}', ' \n\t\r{"type":', '{ hello'])('%j: yes, it may be', (text) => {
    expect(canBeFrame(text)).toBe(true);
  });

  it.each(['', 'hello', '42', '"{"', '[{}]', 'null', '\u00a0{}'])('%j: no', (text) => {
    expect(canBeFrame(text)).toBe(false);
  });

  it('is true of every text that decodes', () => {
    fc.assert(
      fc.property(anyClientFrame, fc.stringMatching(/^[ \t\n\r]*$/), (frame, space) => {
        expect(canBeFrame(space + encodeClientFrame(frame))).toBe(true);
      }),
    );
  });
});
