import type { ServerFrame } from '../../protocol/frames.js';
import { readFields, readText } from '../shared/fields.js';
import { isMessage } from './message.js';

/** Of one publish, in ms from its sending; undefined: it has not come (yet). */
export type RoundTrip = Readonly<{ ack: number | undefined; delivery: number | undefined }>;
export type LatencyFigures = Readonly<{ last: number; median: number; p95: number }>;

const MOST = 200;
/** Of what is awaited: a server that answers nothing must not fill the memory. */
const MOST_AWAITED = 1_000;

type Pending = { readonly sentAt: number; ack: number | undefined; delivery: number | undefined };

/** How long each publish of a connection took, to its ack and back to its publisher, by what goes over the wire. */
export class Latency {
  readonly #byId = new Map<string, Pending>();
  /** Lines without an id are answered in their order. */
  #lines: Pending[] = [];
  /** Acked and not come back, by their place. */
  readonly #acked = new Map<string, Pending>();
  /** Come back before their ack: when. */
  readonly #early = new Map<string, number>();
  #roundTrips: readonly Pending[] = [];

  /** The newest ones, in the order of their acks. */
  get roundTrips(): readonly RoundTrip[] {
    return this.#roundTrips;
  }

  /** A frame or a bare line that leaves at `now`, ms. What is sent again counts from the first time. */
  sent(text: string, now: number): void {
    if (!isMessage(text)) return;
    const id = readText(readFields(text)?.['id']);
    const pending: Pending = { sentAt: now, ack: undefined, delivery: undefined };
    if (id === undefined) this.#lines.push(pending);
    else if (!this.#byId.has(id)) remember(this.#byId, id, pending);
    if (this.#lines.length > MOST_AWAITED) this.#lines.shift();
  }

  /** @param clientId of this connection: only its own messages count */
  received(frame: ServerFrame, clientId: string | undefined, now: number): void {
    if (frame.type === 'ack') {
      if (frame.offset !== undefined) this.#take(this.#answered(frame.id), placeOf(frame), now);
    } else if (frame.type === 'error') {
      if (frame.id === undefined) this.#lines.shift();
    } else if (frame.type === 'message' && 'offset' in frame && frame.from === clientId) {
      this.#return(placeOf(frame), now);
    }
  }

  /** Lines that were under way get no answer any more. */
  disconnected(): void {
    this.#lines = [];
  }

  #answered(id: string | undefined): Pending | undefined {
    if (id === undefined) return this.#lines.shift();
    const pending = this.#byId.get(id);
    this.#byId.delete(id);
    return pending;
  }

  #take(pending: Pending | undefined, place: string, now: number): void {
    if (pending === undefined) return;
    const { sentAt } = pending;
    pending.ack = now - sentAt;
    const early = this.#early.get(place);
    this.#early.delete(place);
    if (early === undefined) remember(this.#acked, place, pending);
    else pending.delivery = early - sentAt;
    this.#roundTrips = [...this.#roundTrips, pending].slice(-MOST);
  }

  #return(place: string, now: number): void {
    const pending = this.#acked.get(place);
    this.#acked.delete(place);
    if (pending === undefined) remember(this.#early, place, now);
    else pending.delivery = now - pending.sentAt;
  }
}

/** The oldest one goes when there are too many. */
const remember = <T>(map: Map<string, T>, key: string, value: T): void => {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST_AWAITED && oldest !== undefined) map.delete(oldest);
};

const placeOf = ({ channel, epoch, offset }: Readonly<{ channel?: string; epoch?: string; offset?: number }>): string =>
  `${channel ?? ''} ${epoch ?? ''} ${offset ?? ''}`;

/** Undefined: there are none. */
export const figuresOf = (values: readonly (number | undefined)[]): LatencyFigures | undefined => {
  const known = values.filter((value) => value !== undefined);
  const last = known.at(-1);
  if (last === undefined) return undefined;
  const sorted = [...known].sort((a, b) => a - b);
  const at = (q: number): number => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? last;
  return { last, median: at(0.5), p95: at(0.95) };
};
