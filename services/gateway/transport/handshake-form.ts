import type { Admission } from './socket.js';

/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

const has = (list: string, token: string): boolean =>
  list.split(',').some((part) => part.trim().toLowerCase() === token);

/**
 * Why this is no handshake of RFC 6455 (4.2.1); undefined: it is one. uWebSockets.js asks for no more than a GET with a key
 * of 24 characters, and would answer with a 101 that a proxy on the way takes for no upgrade.
 */
export const malformedHandshake = (header: (name: string) => string): Exclude<Admission, { ok: true }> | undefined => {
  if (!has(header('upgrade'), 'websocket') || !has(header('connection'), 'upgrade')) {
    const error = 'no WebSocket handshake: Upgrade: websocket and Connection: Upgrade are needed';
    return { ok: false, status: 426, error, headers: { Upgrade: 'websocket' } };
  }
  if (header('sec-websocket-version') !== '13') {
    const error = 'only version 13 of the WebSocket protocol is spoken (RFC 6455)';
    return { ok: false, status: 426, error, headers: { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' } };
  }
  if (!KEY.test(header('sec-websocket-key'))) {
    return { ok: false, status: 400, error: 'Sec-WebSocket-Key must be 16 bytes in base64' };
  }
  return undefined;
};
