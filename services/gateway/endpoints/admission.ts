import { isClaimable, parseClientId, type ClientId } from '../../protocol/ids.js';
import type { Admission, Handshake } from '../transport/socket.js';
import type { EndpointContext } from './context.js';

const SUBPROTOCOL = 'switchyard.v1';

/** The name that a client asks for in the query; undefined: none, or not one it may have. */
export const claimedClientId = (handshake: Handshake): ClientId | undefined => {
  const id = parseClientId(handshake.query.get('client_id'));
  return id !== undefined && isClaimable(id) ? id : undefined;
};

/** The rule of both frame endpoints: a name that can't be claimed and a worker that can't serve are said before the upgrade. */
export const admitFrameClient = (context: EndpointContext, handshake: Handshake): Admission => {
  const asked = handshake.query.get('client_id');
  if (asked !== null && claimedClientId(handshake) === undefined) {
    const error = `client_id ${JSON.stringify(asked.slice(0, 80))} can't be claimed: 1 to 64 of A-Z a-z 0-9 _ -, not chat, metrics, echo or anon-…`;
    return { ok: false, status: 400, error };
  }
  const refusal = context.refusal();
  if (refusal !== undefined) return { ok: false, status: 503, error: refusal, headers: { 'Retry-After': '1' } };
  return handshake.protocols.includes(SUBPROTOCOL) ? { ok: true, protocol: SUBPROTOCOL } : { ok: true };
};
