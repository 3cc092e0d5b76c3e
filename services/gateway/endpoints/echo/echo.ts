import { CLOSE } from '../../../protocol/close-codes.js';
import type { Socket, SocketHandler, WebSocketRoute } from '../../transport/socket.js';

/** The largest message of the Autobahn test suite (its cases 9.1.6 and 9.2.6). */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * `/ws/echo`: every message comes back as it was. It is there for the cases of the Autobahn test suite (`make
 * conformance`), only where `ECHO_ENDPOINT` turns it on: no session, no limits, no count, no moving.
 */
export const echoEndpoint = (): WebSocketRoute => ({
  path: '/ws/echo',
  maxMessageBytes: MAX_MESSAGE_BYTES,
  admit: () => ({ ok: true }),
  open: (socket) => echoTo(socket),
});

const nothing = (): void => undefined;

const echoTo = (socket: Socket): SocketHandler => ({
  text: (message) => socket.send(message),
  binary: (bytes) => socket.sendBinary(bytes),
  tooLarge: () => socket.close(CLOSE.tooLarge, 'at most 16 MiB a message'),
  pong: nothing,
  drained: nothing,
  // It is sent what it sent itself, one by one: uWebSockets.js bounds what waits.
  overflowed: nothing,
  closed: nothing,
});
