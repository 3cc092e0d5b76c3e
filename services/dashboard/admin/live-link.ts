import { readFrame, type LiveFrame } from './frames.js';

export interface LiveEvents {
  frame(frame: LiveFrame): void;
  /** The figures stop; `isMoving`: only for the moment that a move to the other color takes. */
  lost(isMoving: boolean): void;
}

const SERVICE_RESTART = 1012;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 5_000;
/** So long without a frame, and the connection is given up: one comes each second. */
const SILENCE_MS = 10_000;

/** The WebSocket to `/admin/live`, opened again whenever it ends. */
export class LiveLink {
  readonly #events: LiveEvents;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #waitMs = FIRST_WAIT_MS;

  constructor(events: LiveEvents) {
    this.#events = events;
  }

  open(): void {
    this.close();
    const address = new URL('/admin/live', location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address);
    this.#socket = socket;
    this.#listen(socket);
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket) return;
      this.#listen(socket);
      const frame = typeof data === 'string' ? readFrame(data) : undefined;
      if (frame === undefined) return;
      this.#waitMs = FIRST_WAIT_MS;
      this.#events.frame(frame);
    });
    socket.addEventListener('close', ({ code }) => {
      if (socket !== this.#socket) return;
      const isMoving = code === SERVICE_RESTART;
      this.#socket = undefined;
      clearTimeout(this.#silence);
      this.#events.lost(isMoving);
      this.#timer = setTimeout(
        () => {
          this.open();
        },
        isMoving ? 0 : this.#waitMs,
      );
      this.#waitMs = Math.min(MAX_WAIT_MS, this.#waitMs * 2);
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** One that hangs looks open for minutes. */
  #listen(socket: WebSocket): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      if (socket !== this.#socket) return;
      this.open();
      this.#events.lost(false);
    }, SILENCE_MS);
  }
}
