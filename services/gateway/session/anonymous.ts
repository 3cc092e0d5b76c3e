import { randomBytes } from 'node:crypto';
import { parseClientId, type ClientId } from '../../protocol/ids.js';

/** A name for a client that asked for none, `anon-` and 8 hex digits: no client can claim one of these. */
export const mintAnonymousId = (): ClientId => {
  const id = parseClientId(`anon-${randomBytes(4).toString('hex')}`);
  if (id === undefined) throw new Error('eight hex digits did not make a client_id');
  return id;
};
