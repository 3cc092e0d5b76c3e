import { isClaimable, type ClientId } from '../../protocol/ids.js';
import { allowanceHolder } from '../limits/address.js';
import type { Offence } from '../observability/offender-sampler.js';
import type { Session } from '../session/session.js';

/** Of a connection whose client is refused. */
export type Refusable = Readonly<{
  ip: string;
  clientId: ClientId | undefined;
  session: Pick<Session, 'ref' | 'resumed'> | undefined;
}>;

/**
 * Who lines about a client that is refused count for: its name, else the session that it came back with, else its
 * address: nothing else is the same of one that connects anew each time.
 */
export const offenderOf = ({ ip, clientId, session }: Refusable): Pick<Offence, 'who' | 'address'> => {
  const address = allowanceHolder(ip);
  if (clientId !== undefined && isClaimable(clientId)) return { who: `client ${clientId}`, address };
  if (session?.resumed === true) return { who: `session ${session.ref}`, address };
  return { who: `address ${address}`, address };
};
