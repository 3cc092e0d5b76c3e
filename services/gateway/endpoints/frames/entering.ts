import type { Position } from '../../../protocol/frames.js';
import type { ConnectionId } from '../../../protocol/ids.js';
import { identityOf } from '../../identity/principal.js';
import type { Addressee } from '../../cluster/client-messages.js';
import type { OpenedSession } from '../../session/sessions.js';
import { claimedClientId } from '../admission.js';
import type { EndpointContext } from '../context.js';
import type { Admitted } from '../door.js';

/** A connection that is to have a session. */
export type Entering = Addressee & Readonly<{ id: ConnectionId; context: EndpointContext }>;

/**
 * Opens the session that the handshake asks for, or a new one. When it resolves the session is stored, and who is welcomed is
 * reached by its name, where that is its own [send-1]: two things that Redis is asked for at once.
 * @throws BrokerUnavailable and it is reached by no name
 */
export const enter = async (
  connection: Entering,
  handshake: Admitted,
  firstPlace: (() => Promise<Position>) | undefined,
): Promise<Pick<OpenedSession, 'session' | 'spent'>> => {
  const { context } = connection;
  const { sessions, clients, door } = context;
  const { principal } = handshake;
  const { session, previousOwner, spent, stored } = await sessions.open({
    requested: handshake.query.get('session') ?? undefined,
    clientId: claimedClientId(handshake),
    subject: identityOf(principal)?.clientId,
    connectionId: connection.id,
    firstPlace,
  });
  if (previousOwner !== undefined) context.replace(previousOwner);
  const { clientId } = session;
  const reached = door.isKnownAs(clientId, principal) ? clients.join(clientId, connection) : undefined;
  try {
    await stored;
    await reached;
    await sessions.checkGrants(session);
  } catch (error) {
    clients.leave(clientId, connection);
    throw error;
  }
  return { session, spent };
};
