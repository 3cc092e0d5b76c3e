import { WebSocket } from 'ws';
import { decodeServerFrame } from '../../services/protocol/decode-server.js';

/** A person's terminal on `/ws/chat/`: it keeps nothing but its session, and connects again when it is closed. */
export class ChatClient {
  /** Offsets in the order they came, over all its connections. */
  readonly offsets: number[] = [];
  readonly closeCodes: number[] = [];
  acks = 0;
  messageCount = 0;
  refused = 0;
  socket: WebSocket;
  readonly #url: string;
  #session: string | undefined;
  #ended = false;
  #onChange: () => void = () => {};

  constructor(url: string) {
    this.#url = url;
    this.socket = this.#open();
  }

  when(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#onChange = () => {};
        resolve();
      };
      this.#onChange = look;
      look();
    });
  }

  /** Types a line. False: there is no connection to type into just now. */
  type(line: string): boolean {
    if (this.#session === undefined || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(line);
    return true;
  }

  end(): void {
    this.#ended = true;
    this.socket.close(1000);
  }

  #open(): WebSocket {
    const query = this.#session === undefined ? '' : `?session=${this.#session}`;
    const socket = new WebSocket(`${this.#url}/ws/chat/${query}`, { perMessageDeflate: false });
    let welcomed = false;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      const decoded = decodeServerFrame(data.toString());
      if (!decoded.ok) throw new Error(`not a frame: ${data.toString()}`);
      const { frame } = decoded;
      if (frame.type === 'system.welcome') {
        welcomed = true;
        this.#session = frame.session_id;
        this.messageCount = frame.message_count;
      } else if (frame.type === 'message' && 'offset' in frame) this.offsets.push(frame.offset);
      else if (frame.type === 'ack') {
        this.acks += 1;
        this.messageCount = Math.max(this.messageCount, frame.message_count);
      }
      this.#onChange();
    });
    socket.on('close', (code) => {
      if (!welcomed) this.refused += 1;
      this.closeCodes.push(code);
      if (this.#ended) return;
      if (welcomed) this.socket = this.#open();
      else setTimeout(() => (this.socket = this.#open()), 20);
    });
    return socket;
  }
}
