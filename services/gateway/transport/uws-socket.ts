import type { WebSocket } from 'uWebSockets.js';
import type { Backlog } from './backlog.js';
import type { Handshake, Socket, SocketHandler } from './socket.js';

/**
 * What uWebSockets.js keeps per socket. `handler` and `socket` are set in `open`, before any other event; the handshake is let go there:
 * who needs it has it.
 */
export type UserData = {
  handshake: Handshake | undefined;
  socket: UwsSocket | undefined;
  handler: SocketHandler | undefined;
};

/** What uWebSockets.js says of a send that left nothing in this process; a cork holds what it has aside. */
const NOTHING_WAITS = 1;

/** Who is told that more waits than may. */
type Owner = Readonly<{ handler: Pick<SocketHandler, 'overflowed'> | undefined }>;

/** A `Socket` on uWebSockets.js, which throws when a socket is touched after it closed: this one does nothing then. */
export class UwsSocket implements Socket {
  #ws: WebSocket<UserData> | undefined;
  readonly #backlog: Backlog;
  readonly #directLimitBytes: number;
  readonly #owner: Owner;
  readonly #compresses: boolean;
  /** Sent since nothing waited. */
  #directChars = 0;
  #corks = 0;
  /** Asked for inside of a cork. */
  #closing: Readonly<{ code: number; reason: string }> | undefined;

  /**
   * @param directLimitBytes more than this waiting, and as much sent by `send` since nothing waited: its handler's `overflowed`
   * @param compresses what is sent, where the client knows how
   */
  constructor(ws: WebSocket<UserData>, backlog: Backlog, directLimitBytes: number, owner: Owner, compresses = false) {
    this.#ws = ws;
    this.#backlog = backlog;
    this.#directLimitBytes = directLimitBytes;
    this.#owner = owner;
    this.#compresses = compresses;
  }

  send(text: string): void {
    const ws = this.#ws;
    if (ws === undefined || this.#closing !== undefined) return;
    if (ws.send(text, false, this.#compresses) === NOTHING_WAITS) {
      this.#directChars = 0;
      return;
    }
    // What topics bring is the hub's to pace; only what was sent here counts against the client.
    const buffered = this.bufferedBytes;
    this.#directChars = buffered === 0 ? 0 : this.#directChars + text.length;
    if (buffered > this.#directLimitBytes && this.#directChars > this.#directLimitBytes)
      this.#owner.handler?.overflowed();
  }

  sendBinary(bytes: ArrayBuffer): void {
    if (this.#closing === undefined) this.#ws?.send(bytes, true, this.#compresses);
  }

  ping(payload: string): void {
    this.#ws?.ping(payload);
  }

  cork(write: () => void): void {
    this.#ws?.cork(() => {
      this.#corks += 1;
      try {
        write();
      } finally {
        this.#corks -= 1;
      }
    });
    if (this.#closing !== undefined && this.#corks === 0) this.#ws?.end(this.#closing.code, this.#closing.reason);
  }

  join(topic: string): void {
    this.#ws?.subscribe(topic);
  }

  leave(topic: string): void {
    this.#ws?.unsubscribe(topic);
  }

  /**
   * uWebSockets.js ends the TCP connection behind its close frame, but not where `end` is called inside of a cork: the
   * client would be left to wait for that. So it is called behind the cork.
   */
  close(code: number, reason: string): void {
    if (this.#corks === 0) this.#ws?.end(code, reason);
    else this.#closing ??= { code, reason };
  }

  get bufferedBytes(): number {
    const bytes = this.#ws?.getBufferedAmount() ?? 0;
    if (bytes > 0) this.#backlog.note(this);
    return bytes;
  }

  /** The socket is gone: from here on nothing may touch it. */
  detach(): void {
    this.#ws = undefined;
    this.#backlog.forget(this);
  }
}
