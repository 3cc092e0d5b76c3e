import type { Config } from './settings.js';

/** Whether a client needs no token: in production, where nothing is set, it does. */
export const allowsAnonymous = ({ ALLOW_ANONYMOUS, MODE }: Config): boolean => ALLOW_ANONYMOUS ?? MODE !== 'production';

/** Whether names, addresses and figures want the login of the admin page: in production, where nothing is set, they do. */
export const coversStats = ({ ADMIN_COVERS_STATS, MODE }: Config): boolean =>
  ADMIN_COVERS_STATS ?? MODE === 'production';

/** The settings that say how tokens are checked; one of them is enough. */
export const tokenKeys = ({ JWT_SECRET, JWT_PUBLIC_KEY, JWKS_URL }: Config): readonly string[] =>
  Object.entries({ JWT_SECRET, JWT_PUBLIC_KEY, JWKS_URL }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );

/** Of which pages a WebSocket may come: in production, where nothing is set, only those of this very address. */
export const allowedOrigins = ({ ALLOWED_ORIGINS, MODE }: Config): readonly string[] =>
  ALLOWED_ORIGINS ?? (MODE === 'production' ? ['self'] : ['*']);
