import { isJsonObject, parseJson } from '../../../protocol/json.js';
import { isSameOrigin, isSecure } from '../../identity/origins.js';
import type { SharedAttempts } from '../../limits/shared-attempts.js';
import type { Logger } from '../../observability/logger.js';
import { json, type HttpRoute } from '../../transport/http.js';
import type { Access } from './access.js';
import { guardedRoute, NO_PASSWORD } from './guard.js';
import type { Logouts } from './logouts.js';

/** `/admin/login`, `/admin/logout`: a password for a cookie of twelve hours, and its end; `/admin/session`: whether it holds. */
export const loginRoutes = (
  access: Access,
  attempts: SharedAttempts,
  logouts: Logouts,
  logger: Logger,
): HttpRoute[] => {
  return [
    {
      method: 'post',
      path: '/admin/login',
      handle: ({ body, header, ip }) => {
        if (!access.isOpen) return json(403, { error: NO_PASSWORD });
        // Whoever has no browser sends none.
        if (header('origin') !== '' && !isSameOrigin(header)) return json(403, { error: 'Origin is not this address' });
        const seconds = attempts.waitSeconds(ip);
        if (seconds > 0) {
          const error = `too many wrong passwords: wait ${seconds} s`;
          return json(429, { error }, { 'Retry-After': String(seconds) });
        }
        const parsed = parseJson(body);
        const password = isJsonObject(parsed) ? parsed['password'] : undefined;
        if (typeof password !== 'string') return json(400, { error: 'body must be {"password": …}' });
        const cookie = access.logIn(password, isSecure(header));
        if (cookie === undefined) {
          attempts.failed(ip);
          logger.warn({ event: 'admin_login_failed', ip }, 'Wrong admin password');
          return json(401, { error: 'that is not the password' });
        }
        attempts.succeeded(ip);
        logger.info({ event: 'admin_login', ip }, 'Admin logged in');
        return json(200, { ok: true }, { 'Set-Cookie': cookie });
      },
    },
    {
      method: 'get',
      path: '/admin/session',
      handle: ({ header }) =>
        json(200, { logged_in: access.visitor(header) !== undefined, password_set: access.isOpen }),
    },
    guardedRoute(access, 'post', '/admin/logout', ({ header }) => {
      logouts.happened(access.visitor(header));
      return json(200, { ok: true }, { 'Set-Cookie': access.logOut(isSecure(header)) });
    }),
  ];
};
