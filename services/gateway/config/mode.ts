import type { Config } from './settings.js';

/** Of which pages a WebSocket may come: in production, where nothing is set, only those of this very address. */
export const allowedOrigins = ({ ALLOWED_ORIGINS, MODE }: Config): readonly string[] =>
  ALLOWED_ORIGINS ?? (MODE === 'production' ? ['self'] : ['*']);
