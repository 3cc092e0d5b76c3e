import { z } from 'zod';
import { parseClientId, type ClientId } from '../../../protocol/ids.js';
import { parseJson } from '../../../protocol/json.js';
import { json, type HttpRequest, type HttpResponse, type HttpRoute } from '../../transport/http.js';
import type { Access } from './access.js';
import type { Dismissals, Dismissed } from './dismissals.js';
import { BadRequest, guardedRoute } from './guard.js';

const order = z.object({ jti: z.string().min(1).max(256), expires_at: z.number().min(0).max(8.64e12).optional() });

export type DismissalRoutes = Readonly<{ access: Access; dismissals: Dismissals }>;

/** Sending clients away: `disconnect` lets them come again, `revoke` does not with the tokens that they have. */
export const dismissalRoutes = ({ access, dismissals }: DismissalRoutes): HttpRoute[] => [
  guardedRoute(access, 'post', '/admin/api/clients/:client_id/disconnect', async (request) => {
    const clientId = clientIn(request);
    const result = await dismissals.disconnect(clientId, request.ip);
    if (result.connections === 0) return notFound(`client ${clientId} has no open connection`, result.unanswered);
    return dismissed(result);
  }),
  guardedRoute(access, 'post', '/admin/api/clients/:client_id/revoke', async (request) =>
    dismissed(await dismissals.revokeClient(clientIn(request), request.ip)),
  ),
  guardedRoute(access, 'post', '/admin/api/tokens/revoke', async ({ body, ip }) => {
    const { data } = order.safeParse(parseJson(body));
    if (data === undefined) throw new BadRequest(WANTED);
    const { jti, expires_at: expiresAt } = data;
    return dismissed(await dismissals.revokeToken(jti, ip, expiresAt === undefined ? undefined : expiresAt * 1000));
  }),
];

const WANTED = 'body must be {"jti": 1 to 256 characters}; "expires_at" (its exp, seconds since 1970) may be given';

const dismissed = ({ connections, unanswered }: Dismissed): HttpResponse =>
  json(200, { done: connections, unanswered });

const clientIn = ({ path }: HttpRequest): ClientId => {
  const name = path.split('/').at(path.endsWith('/') ? -3 : -2) ?? '';
  const clientId = parseClientId(name);
  if (clientId === undefined) throw new BadRequest(`${name.slice(0, 80)} is no client_id`);
  return clientId;
};

/** What can't be found, and who was not asked. */
export const notFound = (words: string, unanswered: readonly string[]): HttpResponse =>
  json(404, { error: unanswered.length === 0 ? words : `${words}; no answer from ${unanswered.join(', ')}` });
