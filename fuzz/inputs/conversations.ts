import * as fc from 'fast-check';
import type { FuzzInput } from '../fuzz-input.js';
import { HANDSHAKE, headBytes } from './head.js';
import { leaving } from './leaving.js';
import { texts } from './texts.js';
import { frameBytes, soundFrame } from './web-socket-frame.js';

const OPCODE = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const mask = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes));
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((all) => Buffer.from(all));

const text = texts.map((words) => soundFrame(OPCODE.text, Buffer.from(words)));

const fragmented = fc
  .tuple(texts, fc.array(fc.nat(5_000), { minLength: 1, maxLength: 8 }), fc.boolean(), fc.boolean())
  .map(([words, sizes, pingBetween, ends]) => {
    const whole = Buffer.from(words);
    const frames: Buffer[] = [];
    let at = 0;
    for (const [index, step] of sizes.entries()) {
      const isLast = index === sizes.length - 1;
      const part = whole.subarray(at, isLast ? whole.length : at + step);
      frames.push(soundFrame(index === 0 ? OPCODE.text : OPCODE.more, part, isLast && ends));
      if (pingBetween) frames.push(soundFrame(OPCODE.ping, Buffer.from('between')));
      at += step;
    }
    return Buffer.concat(frames);
  });

const control = fc
  .tuple(
    fc.constantFrom(OPCODE.ping, OPCODE.pong, OPCODE.close),
    fc.oneof(bytes(125), fc.constantFrom(Buffer.alloc(126), Buffer.alloc(60_000))),
    fc.boolean(),
  )
  .map(([opcode, payload, fin]) => soundFrame(opcode, payload, fin));

const closing = fc
  .tuple(fc.constantFrom(0, 999, 1000, 1005, 1006, 1009, 1012, 1015, 2999, 3000, 4413, 5000, 65_535), bytes(130))
  .map(([code, reason]) => soundFrame(OPCODE.close, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), reason])));

/** Frames that break RFC 6455 in any way: reserved bits and opcodes, no mask, a length that is a lie. */
const broken = fc
  .record({
    fin: fc.boolean(),
    reserved: fc.nat(7),
    opcode: fc.nat(15),
    payload: bytes(500),
    mask: fc.option(mask, { nil: undefined }),
    lie: fc.constantFrom(undefined, undefined, 0, 125, 126, 65_535, 65_536, 2 ** 31, 2 ** 40),
  })
  .map(({ lie, ...parts }) => frameBytes({ ...parts, length: lie ?? parts.payload.length }));

const frames = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 2, arbitrary: fragmented },
  { weight: 2, arbitrary: control },
  { weight: 1, arbitrary: closing },
  { weight: 2, arbitrary: bytes(2_000).map((payload) => soundFrame(OPCODE.binary, payload)) },
  { weight: 2, arbitrary: bytes(300).map((payload) => soundFrame(OPCODE.text, payload)) },
  { weight: 2, arbitrary: broken },
  { weight: 1, arbitrary: bytes(200) },
);

const ENDPOINTS = [
  ['/ws', 'frames to /ws'],
  ['/ws/chat/', 'frames to /ws/chat/'],
  ['/ws/fuzz', 'frames to /ws/{client_id}'],
  ['/ws/metrics', 'frames to /ws/metrics'],
] as const;

/** A handshake that succeeds, and frames behind it: right, wrong and broken, one by one or all at once. */
export const conversations: fc.Arbitrary<FuzzInput> = fc
  .record({
    endpoint: fc.constantFrom(...ENDPOINTS),
    deflate: fc.boolean(),
    sent: fc.array(frames, { minLength: 1, maxLength: 25 }),
    together: fc.boolean(),
    leaving,
  })
  .map(({ endpoint: [path, kind], deflate, sent, together, leaving: how }) => {
    const extensions = deflate ? [['Sec-WebSocket-Extensions', 'permessage-deflate'] as const] : [];
    const head = headBytes(`GET ${path} HTTP/1.1`, [...Object.entries(HANDSHAKE), ...extensions]);
    const pieces = together ? [head, Buffer.concat(sent)] : [head, ...sent];
    return { kind, pieces, leaving: how };
  });
