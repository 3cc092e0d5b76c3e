import { decodeClientFrame } from '../protocol/decode-client.js';
import { decodeServerFrame } from '../protocol/decode-server.js';
import type { ConnectionAccount } from './connection-account.js';
import type { Place } from './events.js';
import { scanMessage } from './frame-scan.js';
import type { Wire } from './observed-socket.js';
import type { Account } from './record.js';

/** Keeps account of what one connection of a subscriber is sent of its channel. */
export class ConnectionWatch implements Wire {
  readonly #account: Account;
  readonly #connection: ConnectionAccount;
  /** Places that this connection asked to recover from, by frame id. */
  readonly #asked = new Map<string, Place>();

  constructor(account: Account) {
    this.#account = account;
    this.#connection = account.connection();
  }

  sent(text: string): void {
    if (!text.startsWith('{"type":"subscribe"')) return;
    const decoded = decodeClientFrame(text);
    if (!decoded.ok || decoded.frame.type !== 'subscribe') return;
    const { id, recover } = decoded.frame;
    if (id !== undefined && recover !== undefined) this.#asked.set(id, recover);
  }

  received(text: string): void {
    const message = scanMessage(text);
    if (message !== undefined) {
      if (message.channel === this.#account.channel.name) this.#connection.sent(message.offset);
    } else if (text.startsWith('{"type":"subscribed"')) this.#subscribed(text);
    else if (text.startsWith('{"type":"system.welcome"')) this.#welcomed(text);
  }

  #welcomed(text: string): void {
    const decoded = decodeServerFrame(text);
    if (decoded.ok && decoded.frame.type === 'system.welcome') this.#connection.welcomed(decoded.frame.color);
  }

  /** [order-1]: where the messages behind it begin. */
  #subscribed(text: string): void {
    const decoded = decodeServerFrame(text);
    if (!decoded.ok || decoded.frame.type !== 'subscribed') return;
    const { id, channel, epoch, offset, recovered } = decoded.frame;
    if (channel !== this.#account.channel.name) return;
    const asked = this.#asked.get(id ?? '');
    this.#connection.subscribed(recovered && asked !== undefined ? asked : { epoch, offset });
    if (this.#account.marks.length === 0) this.#account.joined({ epoch, offset });
  }
}
