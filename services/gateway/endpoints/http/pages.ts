import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { json, type HttpResponse, type HttpRoute } from '../../transport/http.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const ASK_AGAIN = { 'Cache-Control': 'no-cache' };
const KEEP = { 'Cache-Control': 'public, max-age=31536000, immutable' };

/** As OWASP's secure headers project has them (https://owasp.org/www-project-secure-headers/), for pages of one origin. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** A page of any origin may import it; what that page may do is its own to say. */
const LIBRARY_HEADERS = {
  ...ASK_AGAIN,
  'Access-Control-Allow-Origin': '*',
  'X-Content-Type-Options': 'nosniff',
};

const ASSETS = '/assets/';
const LIBRARY = 'client.js';
/** As scripts/hash-assets.mjs puts it into a name. */
const HASH = /-[0-9a-f]{10}(?=\.[a-z]+$)/;

/**
 * The test page at `/`, the admin page at `/admin`, under `/assets/` every file of the folder by its path in there, and
 * at `/client.js` the client library. Read once at the start. A file whose name holds a hash of its content is kept by
 * browsers for good. During a deploy a page of one release may ask a worker of the other for a file of another hash:
 * it gets the one that is here, not to be kept.
 */
export const pageRoutes = (folder: string): HttpRoute[] => {
  const files = readPages(folder);
  const newest = new Map(Array.from(files.keys(), (path) => [path.replace(HASH, ''), path]));
  const serve = (path: string, headers: HttpResponse['headers']): HttpResponse => {
    const body = files.get(path);
    return body === undefined
      ? json(404, { error: 'there is no such page' })
      : { status: 200, headers: { 'Content-Type': TYPES[extname(path)] ?? 'text/plain', ...headers }, body };
  };
  const page = (path: string): HttpResponse => serve(path, { ...HEADERS, ...ASK_AGAIN });
  const asset = (path: string): HttpResponse =>
    files.has(path) && HASH.test(path)
      ? serve(path, { ...HEADERS, ...KEEP })
      : page(files.has(path) ? path : (newest.get(path.replace(HASH, '')) ?? path));
  return [
    { method: 'get', path: '/', handle: () => page('test-page/index.html') },
    { method: 'get', path: '/admin', handle: () => page('admin/index.html') },
    { method: 'get', path: `/${LIBRARY}`, handle: () => serve(LIBRARY, LIBRARY_HEADERS) },
    { method: 'get', path: `${ASSETS}*`, handle: ({ path }) => asset(path.slice(ASSETS.length)) },
  ];
};

const readPages = (folder: string): ReadonlyMap<string, Buffer> => {
  const paths = readdirSync(folder, { encoding: 'utf8', recursive: true });
  const served = paths.filter((path) => TYPES[extname(path)] !== undefined);
  return new Map(served.map((path) => [path, readFileSync(join(folder, path))]));
};
