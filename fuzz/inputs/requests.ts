import * as fc from 'fast-check';
import type { FuzzInput } from '../fuzz-input.js';
import { headBytes, paths, queries, strayHeaders } from './head.js';
import { cut, leaving } from './leaving.js';

const METHODS = fc.oneof(
  fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT'),
  fc.constantFrom('get', 'G', 'PROPFIND', 'GET\t', '', 'X'.repeat(500)),
);
const BODIES = fc.oneof(
  fc.constantFrom('', '{', '{}', '{"password":"x"}', '{"password":1}', '{"reason":"deploy"}', '[]', 'null'),
  fc.string({ unit: 'binary-ascii', maxLength: 300 }),
  fc.integer({ min: 60_000, max: 200_000 }).map((length) => 'x'.repeat(length)),
  fc.nat(20_000).map((levels) => '['.repeat(levels)),
);

const ordinary = fc
  .record({
    method: METHODS,
    path: paths,
    query: queries,
    stray: strayHeaders,
    body: BODIES,
    lie: fc.constantFrom(0, 0, -1, 5),
  })
  .map(({ method, path, query, stray, body, lie }) => {
    const length = [['Content-Length', String(Math.max(0, body.length + lie))]] as const;
    const lines = [['Host', 'localhost'], ...(body === '' ? [] : length), ...stray] as const;
    return { kind: 'request', bytes: headBytes(`${method} ${path}${query} HTTP/1.1`, lines, body) };
  });

const INNER = 'GET /control/status HTTP/1.1\r\nHost: localhost\r\n\r\n';
/** Requests that two readers of HTTP may take for different ones. */
const SMUGGLING: readonly (readonly [readonly (readonly [string, string])[], string])[] = [
  [
    [
      ['Content-Length', '6'],
      ['Transfer-Encoding', 'chunked'],
    ],
    `0\r\n\r\n${INNER}`,
  ],
  [
    [
      ['Transfer-Encoding', 'chunked'],
      ['Content-Length', '3'],
    ],
    `1\r\nx\r\n0\r\n\r\n${INNER}`,
  ],
  [
    [
      ['Content-Length', '0'],
      ['Content-Length', String(INNER.length)],
    ],
    INNER,
  ],
  [[['Content-Length', '+5']], `hello${INNER}`],
  [[['Content-Length', '-1']], INNER],
  [[['Content-Length', '18446744073709551617']], 'x'],
  [[['Content-Length', '0x5']], `hello${INNER}`],
  [[['Transfer-Encoding', 'xchunked']], `0\r\n\r\n${INNER}`],
  [
    [
      ['Transfer-Encoding', ' chunked'],
      ['Transfer-Encoding', 'identity'],
    ],
    `0\r\n\r\n${INNER}`,
  ],
  [[['Transfer-Encoding', 'chunked']], `ffffffffffffffff\r\nx${INNER}`],
  [[['Transfer-Encoding', 'chunked']], `-1\r\nx\r\n0\r\n\r\n${INNER}`],
  [[['Transfer-Encoding', 'chunked']], `5;x=${'y'.repeat(9_000)}\r\nhello\r\n0\r\n\r\n`],
  [
    [
      ['Expect', '100-continue'],
      ['Content-Length', '2'],
    ],
    '{}',
  ],
];

const smuggling = fc
  .record({
    path: fc.constantFrom('/admin/login', '/healthz', '/ws', '/control/drain', '/nothing'),
    method: fc.constantFrom('POST', 'GET', 'PUT'),
    form: fc.constantFrom(...SMUGGLING),
    newLine: fc.constantFrom('\r\n', '\r\n', '\n', '\r'),
  })
  .map(({ path, method, form: [lines, body], newLine }) => ({
    kind: 'request, to smuggle',
    bytes: headBytes(`${method} ${path} HTTP/1.1`, [['Host', 'localhost'], ...lines], body, newLine),
  }));

const pipelined = fc
  .array(ordinary, { minLength: 2, maxLength: 8 })
  .map((all) => ({ kind: 'requests, one behind the other', bytes: Buffer.concat(all.map(({ bytes }) => bytes)) }));

const noise = fc
  .uint8Array({ minLength: 1, maxLength: 2_000 })
  .map((bytes) => ({ kind: 'noise', bytes: Buffer.from(bytes) }));

/** HTTP: every method and path, bodies that are no JSON, lies about their length, and forms to smuggle with. */
export const requests: fc.Arbitrary<FuzzInput> = fc
  .oneof(
    { weight: 5, arbitrary: ordinary },
    { weight: 3, arbitrary: smuggling },
    { weight: 1, arbitrary: pipelined },
    { weight: 1, arbitrary: noise },
  )
  .chain(({ kind, bytes }) => fc.record({ kind: fc.constant(kind), pieces: cut(bytes), leaving }));
