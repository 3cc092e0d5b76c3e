import { isClaimable, parseClientId, parseSessionId, type ClientId } from '../../protocol/ids.js';
import type { Admission, Handshake } from '../transport/socket.js';
import { sessionDigest } from '../observability/logger.js';
import { ANYBODY } from '../limits/limits.js';
import { BrokerUnavailable } from '../broker/channel-log.js';
import type { ReadHeader } from '../identity/origins.js';
import { KeysUnavailable } from '../identity/remote-keys.js';
import type { EndpointContext } from './context.js';
import { offenderOf } from './offender.js';

const SUBPROTOCOL = 'switchyard.v1';

/** The name that a client asks for in the query; undefined: none, or not one it may have. */
export const claimedClientId = (handshake: Handshake): ClientId | undefined =>
  claimable(handshake.query.get('client_id'));

/** The name, if it is one that a client may have [connect-3]. */
export const claimable = (name: string | null): ClientId | undefined => {
  const id = parseClientId(name);
  return id !== undefined && isClaimable(id) ? id : undefined;
};

/** The rule of both frame endpoints: a name that can't be claimed is said before the upgrade. */
export const admitFrameClient = (
  context: EndpointContext,
  handshake: Handshake,
  header: ReadHeader,
): Admission | Promise<Admission> => {
  const asked = handshake.query.get('client_id');
  const isWrong = asked !== null && claimedClientId(handshake) === undefined;
  return admitClient(context, handshake, header, { refusal: isWrong ? refuseName(asked) : undefined });
};

/** What an endpoint itself has to say of a handshake. */
export type OwnRule = Readonly<{
  refusal?: Admission | undefined;
  /** It is for this client alone. */
  clientId?: ClientId | undefined;
}>;

/**
 * What holds for every client: the page that it comes from, the endpoint's own rule, whether the worker can serve, the
 * address's limit, who it is. In this order, so that who may not be here learns nothing, and a flood of tokens that are
 * not good costs no signature checks.
 */
export const admitClient = (
  context: EndpointContext,
  handshake: Handshake,
  header: ReadHeader,
  { refusal: own, clientId }: OwnRule = {},
): Admission | Promise<Admission> => {
  const refused = refuseOrigin(context, handshake, header) ?? own ?? refuseUnready(context);
  if (refused !== undefined) return refused;
  const protocol = handshake.protocols.includes(SUBPROTOCOL) ? { protocol: SUBPROTOCOL } : {};
  // Before anything is waited for: headers can be read only now.
  const check = context.door.identify(handshake, header, clientId);
  const admission = { ok: true, ...protocol } as const;
  const isExempt = context.limits.isExempt(handshake);
  return isExempt && check === undefined ? admission : onceIdentified(context, handshake, admission, check);
};

const onceIdentified = async (
  context: EndpointContext,
  handshake: Handshake,
  admission: Admission,
  check: (() => Promise<void>) | undefined,
): Promise<Admission> => {
  const knocked = context.limits.isExempt(handshake) ? 'exempt' : await knock(context, handshake);
  if (typeof knocked === 'object') return knocked;
  try {
    await check?.();
  } catch (error) {
    if (!(error instanceof KeysUnavailable) && !(error instanceof BrokerUnavailable)) throw error;
    // One that was moved comes again for nothing until it is let in [limit-7].
    if (knocked === 'pass') await context.limits.pass(handshake, passHolder(handshake));
    return refusal(error.message);
  }
  return admission;
};

/** A page of another site must not speak as its visitor [origin-1]. */
const refuseOrigin = (
  { door, metrics }: EndpointContext,
  { operator }: Handshake,
  header: ReadHeader,
): Admission | undefined => {
  if (operator || door.isOriginAllowed(header)) return undefined;
  metrics.originRefused();
  return { ok: false, status: 403, error: 'pages of this Origin may not connect: ALLOWED_ORIGINS does not name it' };
};

/** The name can't be claimed [connect-3]. */
export const refuseName = (asked: string): Admission => {
  const error = `client_id ${JSON.stringify(asked.slice(0, 80))} can't be claimed: 1 to 64 of A-Z a-z 0-9 _ -, not chat, metrics, echo, api or anon-…`;
  return { ok: false, status: 400, error };
};

/** A worker that can't serve says so before the upgrade [connect-8]. */
export const refuseUnready = (context: EndpointContext): Admission | undefined => {
  const error = context.refusal();
  return error === undefined ? undefined : refusal(error);
};

/** Who may come again for nothing: the session that is asked for, where one is. */
export const passHolder = ({ query }: Handshake): string => {
  const session = parseSessionId(query.get('session'));
  return session === undefined ? ANYBODY : sessionDigest(session);
};

/** By what its address may open another connection, or the refusal [limit-6]. */
const knock = async (context: EndpointContext, handshake: Handshake): Promise<'allowance' | 'pass' | Admission> => {
  try {
    const taken = await context.limits.knock(handshake, passHolder(handshake));
    if (typeof taken !== 'number') return taken;
    context.metrics.connectionRateLimited();
    context.limits.reports.count('connections', handshake.ip);
    logRefused(context, handshake);
    const seconds = Math.ceil(taken / 1000);
    const error = `too many new connections from ${handshake.ip}: try again in ${seconds} s`;
    return { ok: false, status: 429, error, headers: { 'Retry-After': String(seconds) } };
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error;
    return refusal(error.message);
  }
};

const logRefused = ({ logger, offenders }: EndpointContext, { ip, path, requestId }: Handshake): void => {
  const offender = offenderOf({ ip, clientId: undefined, session: undefined });
  offenders.take({ ...offender, what: 'handshakes' }, Date.now(), () => {
    const fields = { what: 'connections', request_id: requestId, ip, path };
    return (told) =>
      logger.info({ ...fields, event: 'websocket_rate_limited', ...told }, 'WebSocket handshakes over the rate limit');
  });
};

const refusal = (error: string): Admission => ({ ok: false, status: 503, error, headers: { 'Retry-After': '1' } });
