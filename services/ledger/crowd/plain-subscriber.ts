import { WebSocket } from 'ws';
import { CLOSE } from '../../protocol/close-codes.js';
import { decodeServerFrame } from '../../protocol/decode-server.js';
import type { SubscribedFrame, WelcomeFrame } from '../../protocol/frames.js';
import type { Book } from '../book.js';
import { now } from '../clock.js';
import type { ConnectionAccount } from '../connection-account.js';
import type { Place } from '../events.js';
import { scanMessage, type ScannedMessage } from '../frame-scan.js';
import type { Account } from '../record.js';
import type { Mishaps } from '../mishaps.js';
import type { Target } from '../watched-client.js';

/** Between two handshakes that were refused. */
const AGAIN_AFTER_MS = 50;

/**
 * A client as plain as the protocol allows: it ignores `system.reconnect`, connects again as soon as it is closed, with
 * its session, and recovers by hand from the last place it saw. What it hears is what it is sent: it drops nothing.
 */
export class PlainSubscriber {
  readonly account: Account;
  /** Resolves when it is subscribed. */
  readonly ready: Promise<void>;
  readonly #name: string;
  readonly #target: Target;
  readonly #mishaps: Mishaps;
  #resolve: () => void = () => {};
  #socket: WebSocket | undefined;
  #session: string | undefined;
  #place: Place | undefined;
  /** Undefined: it is not away. */
  #back: (() => void) | undefined;
  #isClosing = false;

  constructor(name: string, channel: string, target: Target, book: Book, mishaps: Mishaps) {
    this.#name = name;
    this.#target = target;
    this.#mishaps = mishaps;
    this.account = book.account(channel, name);
    this.ready = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#connect();
  }

  close(): Promise<void> {
    this.#isClosing = true;
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      socket.once('close', () => resolve());
      socket.close(CLOSE.normal);
    });
  }

  #connect(): void {
    if (this.#isClosing) return;
    const query = this.#session === undefined ? '' : `?session=${this.#session}`;
    const { url, headers, from } = this.#target;
    const local = from === undefined ? {} : { localAddress: from };
    const socket = new WebSocket(`${url}/ws${query}`, { headers, ...local, perMessageDeflate: false });
    const connection = this.account.connection();
    let welcomed = false;
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      const message = scanMessage(text);
      if (message !== undefined) {
        this.#heard(message, connection);
        return;
      }
      const decoded = decodeServerFrame(text);
      if (!decoded.ok) return;
      welcomed ||= decoded.frame.type === 'system.welcome';
      if (decoded.frame.type === 'system.welcome') {
        connection.welcomed(decoded.frame.color);
        this.#welcomed(decoded.frame, socket);
      }
      if (decoded.frame.type === 'subscribed') this.#subscribed(decoded.frame, connection);
    });
    socket.on('close', (code) => this.#ended(code, welcomed));
  }

  #heard({ channel, epoch, offset, id }: ScannedMessage, connection: ConnectionAccount): void {
    if (channel !== this.account.channel.name) return;
    this.account.heard({ epoch, offset, id, atMs: now() });
    connection.sent(offset);
    this.#place = { epoch, offset };
  }

  #welcomed({ session_id: session, resumed, color, worker }: WelcomeFrame, socket: WebSocket): void {
    if (this.#session !== undefined && !resumed) {
      this.#mishaps.resumeFailures += 1;
      this.#mishaps.trouble(`${this.#name} came back to ${color} ${worker} and got another session`);
    }
    this.#session = session;
    const channel = this.account.channel.name;
    socket.send(JSON.stringify({ type: 'subscribe', channel, recover: this.#place, id: 'subscribe' }));
  }

  #subscribed({ epoch, offset, recovered }: SubscribedFrame, connection: ConnectionAccount): void {
    const place = { epoch, offset };
    const follows = recovered && this.#place !== undefined ? this.#place : place;
    connection.subscribed(follows);
    if (this.#place === undefined) this.account.joined(place);
    else if (!recovered) {
      this.account.reset(place);
      this.#mishaps.resets += 1;
      this.#mishaps.trouble(`${this.#name} was told that the order broke; it goes on behind offset ${offset}`);
    }
    this.#place = follows;
    this.#back?.();
    this.#back = undefined;
    this.#resolve();
  }

  #ended(code: number, welcomed: boolean): void {
    if (this.#isClosing) return;
    if (!welcomed) {
      this.#mishaps.handshakesRefused += 1;
      this.#mishaps.trouble(`${this.#name} was refused a handshake (${code})`);
      setTimeout(() => this.#connect(), AGAIN_AFTER_MS);
      return;
    }
    this.#back ??= this.#mishaps.absences.begin();
    if (code !== CLOSE.serviceRestart) {
      this.#mishaps.unexpectedCloses += 1;
      this.#mishaps.trouble(`${this.#name} was closed with ${code}`);
    }
    this.#connect();
  }
}
