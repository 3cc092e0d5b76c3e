import { isUtf8 } from 'node:buffer';
import { STATUS_CODES } from 'node:http';
import type { HttpRequest as UwsRequest, HttpResponse as UwsResponse, TemplatedApp } from 'uWebSockets.js';
import { clientIdentity, peerAddress, type TrustedProxies } from './client-address.js';
import { HEAD_TOO_LARGE, isHeadTooLarge } from './head-size.js';
import { json, type HttpMethod, type HttpRequest, type HttpResponse, type HttpRoute } from './http.js';

export type CommonHeaders = readonly (readonly [string, string])[];
export type HttpOptions = Readonly<{
  commonHeaders: CommonHeaders;
  /** Whether this `Authorization` is the stack's own: what it asks is not counted. */
  isOperator(authorization: string): boolean;
  /** Called once per answer, but not for the stack's own; `route` is the pattern, never the raw path. */
  onResponse(route: string, status: number, durationMs: number): void;
  onError(route: string, error: unknown): void;
}>;

const MAX_BODY_BYTES = 64 * 1024;

export const writeResponse = (
  response: UwsResponse,
  { status, headers = {}, body }: HttpResponse,
  common: CommonHeaders,
  withBody = true,
): void => {
  response.cork(() => {
    response.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
    for (const [name, value] of common) response.writeHeader(name, value);
    for (const [name, value] of Object.entries(headers)) response.writeHeader(name, value);
    if (withBody) {
      response.end(body, headers['Connection'] === 'close');
      return;
    }
    // Given the length, `endWithoutBody` waits for that many bytes: the response would never be over, and a handler
    // that returns with one like that takes the process down.
    response.writeHeader('Content-Length', String(Buffer.byteLength(body)));
    response.endWithoutBody();
  });
};

/**
 * Answers what may not go on, and ends its connection. Not at once: uWebSockets.js forgets that a connection is to end when
 * a next request stands in the same read, and ends it by itself when that finds the answer to this one still owed.
 */
export const writeLastResponse = (response: UwsResponse, ...rest: Rest<Parameters<typeof writeResponse>>): void => {
  let isGone = false;
  response.onAborted(() => {
    isGone = true;
  });
  setImmediate(() => {
    if (!isGone) writeResponse(response, ...rest);
  });
};

type Rest<List extends readonly unknown[]> = List extends readonly [unknown, ...infer Others] ? Others : never;

/** What a route's requests need beside that. */
type RouteOptions = HttpOptions & Readonly<{ trusted: TrustedProxies }>;

export const addHttpRoute = (app: TemplatedApp, route: HttpRoute, options: RouteOptions): void => {
  const patterns = route.path === '/' || route.path.endsWith('*') ? [route.path] : [route.path, `${route.path}/`];
  const handle = (method: HttpMethod | 'head') => (response: UwsResponse, request: UwsRequest) => {
    void answer(route, method, response, request, options);
  };
  for (const pattern of patterns) {
    app[route.method](pattern, handle(route.method));
    if (route.method === 'get') app.head(pattern, handle('head'));
  }
};

const METHODS: Readonly<Record<HttpMethod, string>> = {
  get: 'GET, HEAD',
  post: 'POST',
  del: 'DELETE',
  put: 'PUT',
  patch: 'PATCH',
  options: 'OPTIONS',
};

/** Everything that no route knows: 405, 426 on a WebSocket path, else 404; all as JSON. */
export const addFallback = (
  app: TemplatedApp,
  routes: readonly HttpRoute[],
  webSocketPaths: readonly string[],
  options: HttpOptions,
): void => {
  const allowed = new Map<string, string>();
  for (const { path, method } of routes) {
    const others = allowed.get(path);
    allowed.set(path, others === undefined ? METHODS[method] : `${others}, ${METHODS[method]}`);
  }
  const sockets = webSocketPaths.map((path) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`));
  app.any('/*', (response, request) => {
    const path = request.getUrl();
    const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    const status = sockets.some((pattern) => pattern.test(bare)) ? 426 : allowed.has(bare) ? 405 : 404;
    const error = {
      426: `${bare} speaks WebSocket only: connect with a WebSocket client, for instance wscat`,
      405: `${request.getMethod().toUpperCase()} is not allowed on ${bare}`,
      404: `there is nothing at ${path}`,
    }[status];
    // A refused upgrade must end the connection: a proxy that took it for a tunnel could be smuggled through.
    const headers = {
      Connection: 'close',
      ...(status === 426 ? { Upgrade: 'websocket' } : {}),
      ...(status === 405 ? { Allow: allowed.get(bare) ?? '' } : {}),
    };
    if (!options.isOperator(request.getHeader('authorization'))) options.onResponse('unknown', status, 0);
    const withBody = request.getMethod() !== 'head';
    writeLastResponse(response, json(status, { error }, headers), options.commonHeaders, withBody);
  });
};

const answer = async (
  route: HttpRoute,
  method: HttpMethod | 'head',
  response: UwsResponse,
  request: UwsRequest,
  options: RouteOptions,
): Promise<void> => {
  const startedAt = performance.now();
  let aborted = false;
  response.onAborted(() => {
    aborted = true;
  });
  // The request is only valid now: everything that a route may ask for is copied first.
  const isTooLarge = isHeadTooLarge(request);
  const headers = new Map<string, string>();
  request.forEach((name, value) => headers.set(name, value));
  const path = request.getUrl();
  const query = new URLSearchParams(request.getQuery());
  const header = (name: string): string => headers.get(name) ?? '';
  const { ip } = clientIdentity(peerAddress(response.getRemoteAddressAsText()), options.trusted, header);
  const head = { path, query, header, hasHeader: (name: string) => headers.has(name), ip };
  const refusal = isTooLarge
    ? json(HEAD_TOO_LARGE.status, { error: HEAD_TOO_LARGE.error }, { Connection: 'close' })
    : route.refuse?.(head);
  // What still comes of the body of a request that was answered is passed over by uWebSockets.js.
  const hasBody = method === 'post' && refusal === undefined;
  const body = hasBody ? await readBody(response, route) : '';
  const result = refusal ?? (typeof body === 'string' ? await run(route, { ...head, body }, options) : body);
  if (aborted) return;
  if (!options.isOperator(header('authorization')))
    options.onResponse(route.path, result.status, performance.now() - startedAt);
  writeResponse(response, result, options.commonHeaders, method !== 'head');
};

const run = async (route: HttpRoute, request: HttpRequest, options: HttpOptions): Promise<HttpResponse> => {
  try {
    return await route.handle(request);
  } catch (error) {
    options.onError(route.path, error);
    return json(500, { error: 'internal error' });
  }
};

/** The body, or the answer to one that is not taken. Never resolves when the client goes away. */
const readBody = (response: UwsResponse, route: HttpRoute): Promise<string | HttpResponse> =>
  new Promise((resolve) => {
    const maxBytes = route.maxBodyBytes ?? MAX_BODY_BYTES;
    const chunks: Buffer[] = [];
    let size = 0;
    response.onData((chunk, isLast) => {
      size += chunk.byteLength;
      if (size <= maxBytes) chunks.push(Buffer.from(Buffer.from(chunk)));
      if (isLast) resolve(size <= maxBytes ? textOf(Buffer.concat(chunks), route) : tooLarge(route));
    });
  });

const tooLarge = (route: HttpRoute): HttpResponse =>
  route.tooLarge?.() ?? json(413, { error: 'the body may have at most 64 KiB' });

/** What is not UTF-8 would be read as another text than was sent, and taken for it. */
const textOf = (body: Buffer, route: HttpRoute): string | HttpResponse =>
  isUtf8(body) ? body.toString() : (route.notUtf8?.() ?? json(400, { error: 'the body must be UTF-8' }));
