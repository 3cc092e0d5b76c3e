import * as fc from 'fast-check';

/** Lines of a handshake that is one. */
export const HANDSHAKE: Readonly<Record<string, string>> = {
  Host: 'localhost',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** A request as bytes. Latin-1, so that any byte can stand in it. */
export const headBytes = (
  startLine: string,
  lines: readonly (readonly [string, string])[],
  body = '',
  newLine = '\r\n',
): Buffer =>
  Buffer.from(
    `${startLine}${newLine}${lines.map(([name, value]) => `${name}: ${value}${newLine}`).join('')}${newLine}${body}`,
    'latin1',
  );

/** Every path that a worker knows, and some that it must not. */
export const paths = fc.oneof(
  fc.constantFrom('/ws', '/ws/', '/ws/chat/', '/ws/ada', '/ws/metrics', '/ws/echo', '/admin/live', '/ws/%F0%9F%98%80'),
  fc.constantFrom('/', '/healthz', '/readyz/', '/metrics/', '/ws-stats', '/info/config', '/version', '/client.js'),
  fc.constantFrom('/admin', '/admin/login', '/admin/api/connections', '/control/status', '/control/drain', '/assets/'),
  fc.constantFrom('/../etc/passwd', '/assets/../../etc/passwd', '/%2e%2e/', '//ws', '/ws//', '*', '/ws/%', '/ws/%00'),
  fc.string({ unit: 'binary-ascii', maxLength: 200 }).map((text) => `/${text}`),
);

export const queries = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '?session=x',
      '?session=00000000-0000-4000-8000-000000000000',
      '?client_id=ada',
      '?client_id=chat',
      '?client_id=%00',
      '?limit=0&cursor=x',
      '?limit=1e9',
      '?cursor=AAAA',
      '?%',
      '?client_id=a&client_id=b',
      '?sort=__proto__&order=desc',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 100 }).map((text) => `?${text}`) },
);

/** Headers from outside that claim something, or are just there. */
export const strayHeaders: fc.Arbitrary<readonly (readonly [string, string])[]> = fc.array(
  fc.oneof(
    fc.tuple(fc.constant('X-Real-IP'), fc.constantFrom('198.51.100.7', '2001:db8::7', 'nobody', '1.2.3.4, 5.6.7.8')),
    fc.tuple(fc.constant('X-Request-ID'), fc.constantFrom('a'.repeat(200), 'ok', '{"x":1}')),
    fc.tuple(fc.constant('Authorization'), fc.constantFrom('Bearer x', 'Bearer ', 'Basic eDp5', '\xff')),
    fc.tuple(fc.constant('Cookie'), fc.constantFrom('switchyard_admin=x', 'switchyard_admin=1.2.3', '=;=')),
    fc.tuple(fc.constant('Origin'), fc.constantFrom('http://evil.example', 'null', '')),
    fc.tuple(
      fc.constant('X-Long'),
      fc.integer({ min: 1, max: 40_000 }).map((length) => 'x'.repeat(length)),
    ),
    fc.tuple(
      fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 }),
      fc.string({ unit: 'binary-ascii', maxLength: 60 }),
    ),
  ),
  { maxLength: 5 },
);
