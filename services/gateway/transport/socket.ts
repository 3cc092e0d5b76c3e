/** What a client's handshake carried, copied before the upgrade. */
export type Handshake = Readonly<{
  path: string;
  query: URLSearchParams;
  /** Address of the client: from `X-Real-IP` when a trusted proxy asks, else the peer's. */
  ip: string;
  /** From `X-Request-ID` when a trusted proxy asks, else minted. */
  requestId: string;
  /** `Sec-WebSocket-Protocol`, split. */
  protocols: readonly string[];
  /** The stack itself connects (a deploy's probe, with the stack's token): nothing of it is counted. */
  operator: boolean;
}>;

/** One open WebSocket. After it closed every method is a no-op. */
export interface Socket {
  send(text: string): void;
  /** A binary frame. */
  sendBinary(bytes: ArrayBuffer): void;
  /** WebSocket ping; the payload (at most 125 bytes) comes back in the pong. */
  ping(payload: string): void;
  /** Writes of `write` leave in one packet. Needed outside of socket events (timers, Redis). */
  cork(write: () => void): void;
  /** Starts to receive what is published to the topic. */
  join(topic: string): void;
  /** Ends it; what was published before is still sent. */
  leave(topic: string): void;
  /** Sends a close frame, then ends the TCP connection; `SocketHandler.closed` is called at once, or behind the cork. */
  close(code: number, reason: string): void;
  /** Bytes that wait in this process for the client to read. */
  readonly bufferedBytes: number;
}

/** What an endpoint does with the events of one socket. */
export interface SocketHandler {
  /** A text message of at most the route's size. */
  text(message: string): void;
  pong(payload: string): void;
  /** A binary message of any size; `bytes` are void after the call. */
  binary(bytes: ArrayBuffer): void;
  /** A larger text message. */
  tooLarge(bytes: number): void;
  /** Bytes that waited were taken by the client. */
  drained(): void;
  /** More waits than the direct limit: the client asks faster than it reads. */
  overflowed(): void;
  /** Called exactly once. 1006 when there was no close frame. */
  closed(code: number): void;
}

export type Admission =
  | Readonly<{ ok: true; protocol?: string }>
  | Readonly<{ ok: false; status: number; error: string; headers?: Readonly<Record<string, string>> }>;

/** One WebSocket endpoint: a profile of the protocol under one path. */
export interface WebSocketRoute {
  /** uWebSockets.js pattern without a trailing slash; with one it is served too. */
  readonly path: string;
  /** Bytes of a text message that is taken, inflated where it was compressed. Default MAX_FRAME_BYTES. */
  readonly maxMessageBytes?: number;
  /** Before the upgrade, which waits for it. `header` reads the request's headers, and only until it returns. */
  admit(handshake: Handshake, header: (name: string) => string): Admission | Promise<Admission>;
  open(socket: Socket, handshake: Handshake): SocketHandler;
}
