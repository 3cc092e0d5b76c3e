import { isClaimable, parseClientId, type ClientId } from '../../protocol/ids.js';
import type { Admission, Handshake } from '../transport/socket.js';
import type { EndpointContext } from './context.js';

const SUBPROTOCOL = 'switchyard.v1';

/** The name that a client asks for in the query; undefined: none, or not one it may have. */
export const claimedClientId = (handshake: Handshake): ClientId | undefined =>
  claimable(handshake.query.get('client_id'));

/** The name, if it is one that a client may have [connect-3]. */
export const claimable = (name: string | null): ClientId | undefined => {
  const id = parseClientId(name);
  return id !== undefined && isClaimable(id) ? id : undefined;
};

/** The rule of both frame endpoints: a name that can't be claimed and a worker that can't serve are said before the upgrade. */
export const admitFrameClient = (context: EndpointContext, handshake: Handshake): Admission => {
  const asked = handshake.query.get('client_id');
  if (asked !== null && claimedClientId(handshake) === undefined) {
    return refuseName(asked);
  }
  const refusal = refuseUnready(context);
  if (refusal !== undefined) return refusal;
  return handshake.protocols.includes(SUBPROTOCOL) ? { ok: true, protocol: SUBPROTOCOL } : { ok: true };
};

/** The name can't be claimed [connect-3]. */
export const refuseName = (asked: string): Admission => {
  const error = `client_id ${JSON.stringify(asked.slice(0, 80))} can't be claimed: 1 to 64 of A-Z a-z 0-9 _ -, not chat, metrics, echo or anon-…`;
  return { ok: false, status: 400, error };
};

/** A worker that can't serve says so before the upgrade [connect-8]. */
export const refuseUnready = (context: EndpointContext): Admission | undefined => {
  const error = context.refusal();
  return error === undefined ? undefined : { ok: false, status: 503, error, headers: { 'Retry-After': '1' } };
};
