import * as fc from 'fast-check';
import type { FuzzInput } from '../fuzz-input.js';
import { HANDSHAKE, headBytes, paths, queries, strayHeaders } from './head.js';
import { cut, leaving } from './leaving.js';

/** What may stand in the place of a line of the handshake; null: nothing does. */
const REPLACEMENTS = fc.array(
  fc.oneof(
    fc.tuple(fc.constant('Host'), fc.constantFrom(null, '', 'a b', 'x'.repeat(300))),
    fc.tuple(fc.constant('Connection'), fc.constantFrom(null, 'close', 'keep-alive', 'upgrade, close', 'Upgrade')),
    fc.tuple(fc.constant('Upgrade'), fc.constantFrom(null, 'h2c', 'websocket, h2c', 'WEBSOCKET')),
    fc.tuple(fc.constant('Sec-WebSocket-Version'), fc.constantFrom(null, '8', '0', '14', '13, 8', '-13', '1e1')),
    fc.tuple(
      fc.constant('Sec-WebSocket-Key'),
      fc.oneof(fc.constantFrom(null, '', '!'.repeat(24), 'x'.repeat(1_000)), fc.base64String({ maxLength: 40 })),
    ),
  ),
  { maxLength: 2 },
);

const ADDITIONS: fc.Arbitrary<readonly (readonly [string, string])[]> = fc.array(
  fc.oneof(
    fc.tuple(
      fc.constant('Sec-WebSocket-Extensions'),
      fc.constantFrom(
        'permessage-deflate',
        'permessage-deflate; server_max_window_bits=1',
        'permessage-deflate; client_max_window_bits="15"',
        'x-webkit-deflate-frame',
        ';;;,,,',
        `${'permessage-deflate, '.repeat(200)}x`,
      ),
    ),
    fc.tuple(
      fc.constant('Sec-WebSocket-Protocol'),
      fc.constantFrom('switchyard.v1', 'bearer.x', 'switchyard.v1, bearer.a.b.c', ',,,', 'x'.repeat(2_000)),
    ),
    fc.constant(['Content-Length', '10'] as const),
    fc.constant(['Transfer-Encoding', 'chunked'] as const),
  ),
  { maxLength: 2 },
);

/** Handshakes: right, wrong in one way or two, over-long, and sent only in part. */
export const handshakes: fc.Arbitrary<FuzzInput> = fc
  .record({
    path: paths,
    query: queries,
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9'),
    replaced: REPLACEMENTS,
    added: ADDITIONS,
    stray: strayHeaders,
    share: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.double({ min: 0, max: 1 }) }),
  })
  .chain(({ path, query, version, replaced, added, stray, share }) => {
    const lines = new Map<string, string | null>([...Object.entries(HANDSHAKE), ...replaced]);
    const kept = [...lines].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
    const whole = headBytes(`GET ${path}${query} ${version}`, [...kept, ...added, ...stray]);
    const kind = share < 1 ? 'handshake, half of it' : replaced.length > 0 ? 'handshake, wrong' : 'handshake';
    return fc.record({
      kind: fc.constant(kind),
      pieces: cut(whole.subarray(0, Math.floor(whole.length * share))),
      leaving,
    });
  });
