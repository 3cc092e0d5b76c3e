import { randomUUID } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

/**
 * Who may speak for a client's address: only a proxy whose own address is in this list is believed when it sends
 * `X-Real-IP` or `X-Request-ID`.
 */
export type TrustedProxies = AddressList;

/** Addresses and networks. */
export type AddressList = Readonly<{ has(address: string): boolean }>;

/** @param cidrs `10.0.0.0/8`, `::1/128`, or a bare address; already checked by the configuration. */
export const addressList = (cidrs: readonly string[]): AddressList => {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', prefix] = cidr.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
  }
  const has = (address: string): boolean => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return { has: cidrs.length === 0 ? () => false : rememberingLast(has) };
};

/** A handshake asks several times of its address, and all that come through one proxy of that: each look costs microseconds. */
const rememberingLast = (look: (address: string) => boolean): ((address: string) => boolean) => {
  let last: string | undefined;
  let found = false;
  return (address) => {
    if (address !== last) {
      found = look(address);
      last = address;
    }
    return found;
  };
};

const V4_MAPPED = /^(?:0000:){5}ffff:([0-9a-f]{2})([0-9a-f]{2}):([0-9a-f]{2})([0-9a-f]{2})$/;

/** The text form of a peer's address as uWebSockets.js gives it; IPv4 in IPv6 becomes plain IPv4. */
export const peerAddress = (text: ArrayBuffer): string => {
  const address = Buffer.from(text).toString();
  const mapped = V4_MAPPED.exec(address);
  return mapped === null
    ? address
    : mapped
        .slice(1)
        .map((byte) => Number.parseInt(byte, 16))
        .join('.');
};

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

export const clientIdentity = (
  peer: string,
  trusted: TrustedProxies,
  header: (name: string) => string,
): Readonly<{ ip: string; requestId: string }> => {
  if (!trusted.has(peer)) return { ip: peer, requestId: randomUUID() };
  const realIp = header('x-real-ip');
  const requestId = header('x-request-id');
  return {
    ip: isIP(realIp) === 0 ? peer : realIp,
    requestId: REQUEST_ID.test(requestId) ? requestId : randomUUID(),
  };
};
