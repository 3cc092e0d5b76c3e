import { WebSocket, type MessageEvent, type ReadyState } from 'k6/websockets';
import type { ClientFrame, ServerFrame, SubscribedFrame, WelcomeFrame } from '../../services/protocol/frames.ts';
import type { Color } from '../runner/measures.ts';
import { count, time } from './metrics.ts';
import { now, plan } from './plan.ts';

export type Owner = Readonly<{
  onFrame: (leg: Leg, frame: ServerFrame) => void;
  /** `code` undefined: it ended without a close frame. `welcomed` false: it was never open. */
  onClosed: (leg: Leg, welcomed: boolean, code: number | undefined) => void;
}>;

const isFrame = (value: unknown): value is ServerFrame =>
  typeof value === 'object' && value !== null && 'type' in value;
const codeOf = (event: unknown): number | undefined =>
  typeof event === 'object' && event !== null && 'code' in event && typeof event.code === 'number'
    ? event.code
    : undefined;
/** A worker alone calls itself neither. */
const colorOf = (frame: WelcomeFrame): Color => (frame.color === 'green' ? 'green' : 'blue');

/** Of k6's enum only the types are there. */
const OPEN: ReadyState = 1;

/** k6's own log. */
declare const console: Readonly<{ warn: (text: string) => void }>;
let told = false;
/** A thread tells of its first only: thousands may fail for one cause. */
const tellOnce = (text: string): void => {
  if (!told) console.warn(text);
  told = true;
};
/** Of those whom a deploy moves, which k6 calls an error too. */
const MOVED = /close 1012\b/;

/** One connection of a member. What comes on it must come in order (PROTOCOL.md, promise 1). */
export class Leg {
  readonly #socket: WebSocket;
  readonly #began = now();
  #color: Color | undefined;
  /** The offset that has to come next; undefined: any up to the one behind `from`. */
  #next: number | undefined;
  /** The channel's newest when it was subscribed: what comes up to there was missed, and is late for that. */
  #joinedAt = 0;
  /** Where the channel was left on the connection before. */
  from: number | undefined;
  /** By us. */
  closing = false;
  /** Its welcome was lost in k6: another one is opened. */
  isUnheard = false;

  /** `accepted`: how many publishes its member knew to be, when it began. */
  constructor(
    url: string,
    path: string,
    readonly accepted: number,
    owner: Owner,
  ) {
    // Without a name each address, which holds a session, would be a time series of its own.
    this.#socket = new WebSocket(url, null, { tags: { name: path } });
    this.#socket.onopen = () => this.say({ type: 'system.ping' });
    this.#socket.onmessage = (event) => {
      const frame = parse(event);
      if (frame === undefined) return;
      if (frame.type === 'system.welcome') this.#welcome(frame);
      else if (frame.type === 'system.pong' && !this.#isWelcome) this.#giveUp();
      // Refused, it is not welcomed but told why.
      if (this.#isWelcome || frame.type === 'system.rate_limited') owner.onFrame(this, frame);
    };
    this.#socket.onerror = (event) => {
      if (event !== undefined && !this.closing && !MOVED.test(event.error)) tellOnce(`a connection: ${event.error}`);
    };
    this.#socket.onclose = (event?: unknown) => {
      if (this.#color !== undefined) count(`open_${this.#color}`, -1);
      owner.onClosed(this, this.#isWelcome, codeOf(event));
    };
  }

  /** Undefined before its welcome. */
  get color(): Color | undefined {
    return this.#color;
  }
  get #isWelcome(): boolean {
    return this.#color !== undefined;
  }

  /** Since the handshake began. */
  get ageMs(): number {
    return now() - this.#began;
  }

  say(frame: ClientFrame): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(JSON.stringify(frame));
  }

  close(): void {
    this.closing = true;
    this.#socket.close(1000);
  }

  /** `isExact` false: what was heard may come again. */
  subscribed({ recovered, offset }: SubscribedFrame, isExact: boolean): void {
    if (!recovered) this.#next = offset + 1;
    else if (isExact) this.#next = (this.from ?? offset) + 1;
    this.#joinedAt = offset;
  }

  /** A publication, which is the next one, or something is wrong. Whether it was said while somebody listened here. */
  take(offset: number): boolean {
    if (!plan.hasLog) return true;
    const next = this.#next ?? Math.min(offset, (this.from ?? offset) + 1);
    if (offset < next) count('messages_twice');
    else if (offset > next) count('messages_lost', offset - next);
    this.#next = Math.max(next, offset + 1);
    return offset > this.#joinedAt;
  }

  /** k6 loses what comes in the very moment in which it opens: the welcome, to which the pong is the witness. */
  #giveUp(): void {
    count('welcomes_unheard');
    this.isUnheard = true;
    this.close();
  }

  #welcome(frame: WelcomeFrame): void {
    this.#color = colorOf(frame);
    count(`open_${this.#color}`);
    count('connections_opened');
    time('welcome_ms', this.ageMs);
  }
}

const parse = (event: MessageEvent | undefined): ServerFrame | undefined => {
  const value: unknown = typeof event?.data === 'string' ? JSON.parse(event.data) : undefined;
  return isFrame(value) ? value : undefined;
};
