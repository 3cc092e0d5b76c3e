import type {
  CompressOptions,
  HttpRequest as UwsRequest,
  HttpResponse as UwsResponse,
  TemplatedApp,
  us_socket_context_t,
} from 'uWebSockets.js';
import { MAX_FRAME_BYTES } from '../../protocol/limits.js';
import type { Backlog } from './backlog.js';
import { clientIdentity, peerAddress, type TrustedProxies } from './client-address.js';
import { HEAD_TOO_LARGE, isHeadTooLarge } from './head-size.js';
import { malformedHandshake } from './handshake-form.js';
import { writeLastResponse, writeResponse } from './http-server.js';
import { json } from './http.js';
import type { LateUpgrades } from './late-upgrades.js';
import type { Admission, Handshake, WebSocketRoute } from './socket.js';
import type { UpgradeTurns } from './upgrade-turns.js';
import { UwsSocket, type UserData } from './uws-socket.js';

/**
 * uWebSockets.js cuts a larger message, or one that inflates to more, without a close code and before it takes the
 * memory for it; our own limit, below it, says 1009.
 */
const UWS_MAX_PAYLOAD_BYTES = 256 * 1024;
/** uWebSockets.js drops frames over this; the hub and the direct limit act long before. */
const UWS_MAX_BACKPRESSURE_BYTES = 16 * 1024 * 1024;

/** The longest that uWebSockets.js knows; the configuration keeps the heartbeat time-out below it. */
export const MAX_IDLE_SECONDS = 960;

export type WebSocketOptions = Readonly<{
  lateUpgrades: LateUpgrades;
  upgradeTurns: UpgradeTurns;
  trusted: TrustedProxies;
  backlog: Backlog;
  /** permessage-deflate, as uWebSockets.js has it. */
  compression: CompressOptions;
  commonHeaders: readonly (readonly [string, string])[];
  /** More bytes than this waiting after a direct send: `SocketHandler.overflowed`. */
  directLimitBytes: number;
  isOperator(authorization: string): boolean;
  /** Called once per handshake that is not the stack's own. */
  onAdmission(route: WebSocketRoute, status: number, durationMs: number): void;
}>;

export const addWebSocketRoute = (app: TemplatedApp, route: WebSocketRoute, options: WebSocketOptions): void => {
  const maxMessageBytes = route.maxMessageBytes ?? MAX_FRAME_BYTES;
  const behavior = {
    compression: options.compression,
    maxPayloadLength: Math.max(UWS_MAX_PAYLOAD_BYTES, maxMessageBytes),
    maxBackpressure: UWS_MAX_BACKPRESSURE_BYTES,
    // Liveness is ours (heartbeats, pongs, 4408), so that a close always has a code. The longest value also gives a
    // client that does not read 16 s, not 4, to take the close frame that waits behind everything else.
    idleTimeout: MAX_IDLE_SECONDS,
    sendPingsAutomatically: false,
    upgrade: (response: UwsResponse, request: UwsRequest, context: us_socket_context_t) => {
      const startedAt = performance.now();
      const handshake = readHandshake(response, request, options);
      // The request is only valid now.
      const key = request.getHeader('sec-websocket-key');
      const extensions = request.getHeader('sec-websocket-extensions');
      const answer = (admission: Admission, write: typeof writeResponse): void => {
        const status = admission.ok ? 101 : admission.status;
        if (!handshake.operator) options.onAdmission(route, status, performance.now() - startedAt);
        if (!admission.ok) {
          const headers = { Connection: 'close', ...admission.headers };
          write(response, json(admission.status, { error: admission.error }, headers), options.commonHeaders);
          return;
        }
        response.writeStatus('101 Switching Protocols');
        for (const [name, value] of options.commonHeaders) response.writeHeader(name, value);
        const data = { handshake, socket: undefined, handler: undefined };
        response.upgrade<UserData>(data, key, admission.protocol ?? '', extensions, context);
      };
      const header = (name: string): string => request.getHeader(name);
      const admission = isHeadTooLarge(request)
        ? ({ ok: false, ...HEAD_TOO_LARGE } as const)
        : (malformedHandshake(header) ?? route.admit(handshake, header));
      const isAdmitted = !(admission instanceof Promise) && admission.ok;
      const turn = isAdmitted ? options.upgradeTurns.take() : undefined;
      if (!(admission instanceof Promise) && turn === undefined) {
        answer(admission, writeLastResponse);
        return;
      }
      let isGone = false;
      response.onAborted(() => {
        isGone = true;
      });
      void inTurn(admission, turn, options.upgradeTurns).then((late) => {
        if (isGone) return;
        if (late.ok) options.lateUpgrades.run(response, () => answer(late, writeResponse));
        else answer(late, writeResponse);
      });
    },
    open: (ws: Parameters<NonNullable<Parameters<typeof app.ws<UserData>>[1]['open']>>[0]) => {
      const data = ws.getUserData();
      const { handshake } = data;
      if (handshake === undefined) throw new Error('a WebSocket was opened twice');
      data.socket = new UwsSocket(ws, options.backlog, options.directLimitBytes, data, options.compression !== 0);
      data.handler = route.open(data.socket, handshake);
      data.handshake = undefined;
    },
    message: (ws: { getUserData(): UserData }, message: ArrayBuffer, isBinary: boolean) => {
      const { handler } = ws.getUserData();
      if (isBinary) handler?.binary(message);
      else if (message.byteLength > maxMessageBytes) handler?.tooLarge(message.byteLength);
      else handler?.text(Buffer.from(message).toString());
    },
    pong: (ws: { getUserData(): UserData }, payload: ArrayBuffer) => {
      ws.getUserData().handler?.pong(Buffer.from(payload).toString());
    },
    drain: (ws: { getUserData(): UserData }) => {
      ws.getUserData().handler?.drained();
    },
    dropped: (ws: { getUserData(): UserData }) => {
      // uWebSockets.js forbids to close a socket while it drains topics; after this turn it may.
      const { handler } = ws.getUserData();
      setImmediate(() => handler?.overflowed());
    },
    close: (ws: { getUserData(): UserData }, code: number) => {
      const data = ws.getUserData();
      data.socket?.detach();
      data.handler?.closed(code);
    },
  };
  app.ws<UserData>(route.path, behavior);
  app.ws<UserData>(`${route.path}/`, behavior);
};

/** What is admitted, in its turn; a refusal as soon as it is known. */
const inTurn = async (
  admission: Admission | Promise<Admission>,
  turn: Promise<void> | undefined,
  turns: UpgradeTurns,
): Promise<Admission> => {
  const known = await admission;
  if (known.ok) await (turn ?? turns.takeLate());
  return known;
};

const readHandshake = (
  response: UwsResponse,
  request: UwsRequest,
  { trusted, isOperator }: WebSocketOptions,
): Handshake => {
  const peer = peerAddress(response.getRemoteAddressAsText());
  const { ip, requestId } = clientIdentity(peer, trusted, (name) => request.getHeader(name));
  return {
    path: request.getUrl(),
    query: queryOf(request.getQuery()),
    ip,
    requestId,
    protocols: protocolsOf(request.getHeader('sec-websocket-protocol')),
    operator: isOperator(request.getHeader('authorization')),
  };
};

/** Most have none: these are shared, and nobody writes to them. */
const NO_QUERY = new URLSearchParams();
const NO_PROTOCOLS: readonly string[] = [];

/** @param text uWebSockets.js gives undefined where there is none */
const queryOf = (text: string | undefined): URLSearchParams =>
  text === undefined || text === '' ? NO_QUERY : new URLSearchParams(text);

const protocolsOf = (header: string): readonly string[] =>
  header === ''
    ? NO_PROTOCOLS
    : header
        .split(',')
        .map((protocol) => protocol.trim())
        .filter((protocol) => protocol !== '');
