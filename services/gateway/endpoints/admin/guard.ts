import { BrokerUnavailable } from '../../broker/channel-log.js';
import { json, type HttpMethod, type HttpRequest, type HttpResponse, type HttpRoute } from '../../transport/http.js';
import { isSameOrigin, type ReadHeader } from '../../identity/origins.js';
import type { Access, Visitor } from './access.js';

export type Refusal = Readonly<{ status: 401 | 403; error: string }>;

/** What whoever can't log in is told. */
export const NO_PASSWORD =
  'ADMIN_PASSWORD is not set on this worker: set it (make dev-up gives "admin" where none is set) and start it again';
const LOGIN = 'log in first: POST /admin/login {"password": …}';
const OTHER_ORIGIN = 'only the admin page itself may do that: Origin is not this address';

export type Entry = Readonly<{ ok: true; visitor: Visitor }> | Readonly<{ ok: false; refusal: Refusal }>;

/** Whether whoever asks may. A request that changes something, and a WebSocket, must come from our own page. */
export const enter = (access: Access, header: ReadHeader, changes: boolean): Entry => {
  const visitor = access.visitor(header);
  if (visitor === undefined) {
    const refusal: Refusal = access.isOpen ? { status: 401, error: LOGIN } : { status: 403, error: NO_PASSWORD };
    return { ok: false, refusal };
  }
  if (changes && visitor.kind === 'admin' && !isSameOrigin(header)) {
    return { ok: false, refusal: { status: 403, error: OTHER_ORIGIN } };
  }
  return { ok: true, visitor };
};

/** A wrong parameter; the message names it. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/** Routes for those who logged in, or have the stack's token. `post` changes something. */
export const guardedRoute = (
  access: Access,
  method: HttpMethod,
  path: string,
  act: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>,
): HttpRoute => ({
  method,
  path,
  handle: async (request) => {
    const entry = enter(access, request.header, method !== 'get');
    if (!entry.ok) return json(entry.refusal.status, { error: entry.refusal.error });
    try {
      return await act(request);
    } catch (error) {
      if (error instanceof BadRequest) return json(400, { error: error.message });
      if (error instanceof BrokerUnavailable)
        return json(503, { error: 'Redis is away: the cluster can not be asked' });
      throw error;
    }
  },
});

/** A route that is not the admin page's, for those who may see that. */
export const coveredRoute = (access: Access, route: HttpRoute): HttpRoute => ({
  ...route,
  handle: (request) => {
    const entry = enter(access, request.header, route.method !== 'get');
    return entry.ok ? route.handle(request) : json(entry.refusal.status, { error: entry.refusal.error });
  },
});
