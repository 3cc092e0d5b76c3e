import { describe, expect, it } from 'vitest';
import { clientIdentity, peerAddress, addressList } from './client-address.js';

const headers = (given: Readonly<Record<string, string>>) => (name: string) => given[name] ?? '';
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

describe('clientIdentity', () => {
  const trusted = addressList(['10.0.0.0/8', '192.0.2.7', '::1/128', '2001:db8::/32']);
  const given = headers({ 'x-real-ip': '203.0.113.9', 'x-request-id': 'abc.DEF_1-2' });

  it.each(['10.1.2.3', '192.0.2.7', '0000:0000:0000:0000:0000:0000:0000:0001', '2001:db8::5'])(
    'believes a proxy at %s',
    (peer) => {
      expect(clientIdentity(peer, trusted, given)).toEqual({ ip: '203.0.113.9', requestId: 'abc.DEF_1-2' });
    },
  );

  it.each(['11.0.0.1', '192.0.2.8', '0000:0000:0000:0000:0000:0000:0000:0002', '2001:db9::5'])(
    'does not believe %s, who may be anybody',
    (peer) => {
      const { ip, requestId } = clientIdentity(peer, trusted, given);
      expect(ip).toBe(peer);
      expect(requestId).toMatch(UUID);
    },
  );

  it.each([
    ['', ''],
    ['nowhere', 'x'.repeat(129)],
    ['203.0.113.9, 10.0.0.1', 'two words'],
    ['203.0.113.9\nforged', 'line\nfeed'],
  ])('takes from a proxy only what has the right form: not %j and %j', (ip, id) => {
    const identity = clientIdentity('10.1.2.3', trusted, headers({ 'x-real-ip': ip, 'x-request-id': id }));
    expect(identity.ip).toBe('10.1.2.3');
    expect(identity.requestId).toMatch(UUID);
  });
});

describe('peerAddress', () => {
  const text = (address: string): ArrayBuffer => new TextEncoder().encode(address).buffer;

  it('gives IPv4 that came through an IPv6 socket as IPv4, so that lists of proxies match', () => {
    expect(peerAddress(text('0000:0000:0000:0000:0000:ffff:0a01:02ff'))).toBe('10.1.2.255');
    expect(peerAddress(text('2001:0db8:0000:0000:0000:0000:0000:0005'))).toBe(
      '2001:0db8:0000:0000:0000:0000:0000:0005',
    );
    expect(peerAddress(text('10.1.2.3'))).toBe('10.1.2.3');
  });
});
