import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { json, type HttpResponse, type HttpRoute } from '../../transport/http.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const HEADERS = {
  'Cache-Control': 'no-cache',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** The test page at `/` and its files under `/assets/test-page/`, read once at the start. */
export const pageRoutes = (folder: string): HttpRoute[] => {
  const files = readPages(folder);
  const serve = (name: string): HttpResponse => {
    const body = files.get(name);
    return body === undefined
      ? json(404, { error: 'there is no such page' })
      : { status: 200, headers: { 'Content-Type': TYPES[extname(name)] ?? 'text/plain', ...HEADERS }, body };
  };
  return [
    { method: 'get', path: '/', handle: () => serve('index.html') },
    {
      method: 'get',
      path: '/assets/test-page/*',
      handle: ({ path }) => serve(path.slice('/assets/test-page/'.length)),
    },
  ];
};

const readPages = (folder: string): ReadonlyMap<string, Buffer> => {
  const names = readdirSync(folder).filter((name) => TYPES[extname(name)] !== undefined);
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
};
