import * as fc from 'fast-check';
import { anyClientFrame } from '../../services/protocol/testing/arbitrary-client-frames.js';
import { almost } from '../../services/protocol/testing/arbitrary-values.js';
import { MAX_FRAME_BYTES } from '../../services/protocol/limits.js';

const asText = (value: object): string => JSON.stringify(value);
/** Few, so that cases meet in them. */
const busyChannel = fc.constantFrom('room', 'chat', 'a.b:c', '__proto__', 'constructor', '~plain');

const busyFrame = fc
  .record(
    {
      type: fc.constantFrom('publish', 'subscribe', 'unsubscribe', 'history', 'presence', 'send'),
      channel: busyChannel,
      data: fc.constantFrom<unknown>(null, 'x', '<script>alert(1)</script>', "'; DROP TABLE rooms; --", 1e308, {}),
      id: fc.constantFrom('1', '2', '3'),
      limit: fc.constantFrom(-1, 0, 1, 1000, 1e9),
    },
    { requiredKeys: ['type', 'channel'], noNullPrototype: true },
  )
  .map(asText);

/** JSON that is deep, wide, or holds numbers that no double holds. */
const awkwardJson = fc.oneof(
  fc.tuple(fc.nat(30_000), fc.constantFrom('[', '{"a":')).map(([levels, open]) => open.repeat(levels)),
  fc
    .nat(20_000)
    .map((levels) => `{"type":"publish","channel":"room","data":${'['.repeat(levels)}${']'.repeat(levels)}}`),
  fc.nat(5_000).map((width) => `{"type":"publish","channel":"room","data":[${'0,'.repeat(width)}0]}`),
  fc
    .constantFrom(
      '1e999999999',
      `1${'0'.repeat(5_000)}`,
      '-0',
      '0.1e-999',
      '9007199254740993',
      `0.${'3'.repeat(9_000)}`,
    )
    .map((number) => `{"type":"history","channel":"room","limit":${number}}`),
  fc.nat(300).map((keys) => `{"type":"publish","channel":"room","data":{${'"k":1,'.repeat(keys)}"__proto__":{"x":1}}}`),
  fc.constantFrom(
    '{"type":"__proto__"}',
    '{"type":"constructor"}',
    '{"__proto__":null}',
    'null',
    '[]',
    '""',
    '\uFEFF{}',
  ),
);

const size = fc.constantFrom(MAX_FRAME_BYTES - 1, MAX_FRAME_BYTES, MAX_FRAME_BYTES + 1, 4 * MAX_FRAME_BYTES + 1);

/** Texts of clients: frames, what is almost one, and what is none. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: busyFrame },
  { weight: 3, arbitrary: anyClientFrame.map(asText) },
  { weight: 3, arbitrary: almost(anyClientFrame) },
  { weight: 2, arbitrary: awkwardJson },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 1, arbitrary: fc.constantFrom('\u0000', '\u202E', '\uD83D\uDE00'.repeat(2_000), 'Ω'.repeat(20_000)) },
  { weight: 1, arbitrary: fc.tuple(size, fc.constantFrom(' ', 'x', '[')).map(([bytes, unit]) => unit.repeat(bytes)) },
);
