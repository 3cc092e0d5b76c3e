import type { Client, Position, Subscription } from '../../client/index.js';

type Wanted = { position: Position | undefined; subscription: Subscription | undefined };

/** The channels that the page wants, with the last place seen in each: they outlive the client that is subscribed. */
export class Channels {
  readonly #wanted: Map<string, Wanted>;
  readonly #changed: () => void;
  #client: Client | undefined;

  /** @param changed a channel, or the place in one, is another now */
  constructor(places: readonly (readonly [name: string, place: Position | undefined])[], changed: () => void) {
    this.#wanted = new Map(places.map(([name, position]) => [name, { position, subscription: undefined }]));
    this.#changed = changed;
  }

  /** In the order in which they were added. */
  places(): ReadonlyMap<string, Position | undefined> {
    return new Map(Array.from(this.#wanted, ([name]) => [name, this.place(name)]));
  }

  /** Those in which there is a place to go on from. */
  known(): readonly string[] {
    return Array.from(this.places()).flatMap(([name, place]) => (place === undefined ? [] : [name]));
  }

  place(name: string): Position | undefined {
    const wanted = this.#wanted.get(name);
    return wanted?.subscription?.position ?? wanted?.position;
  }

  add(name: string): void {
    if (this.#wanted.has(name)) return;
    this.#wanted.set(name, { position: undefined, subscription: undefined });
    this.#subscribe(name);
    this.#changed();
  }

  remove(name: string): void {
    void this.#wanted.get(name)?.subscription?.unsubscribe();
    this.#wanted.delete(name);
    this.#changed();
  }

  /** Subscribes them with this client, each from its place. */
  attach(client: Client): void {
    this.#client = client;
    for (const name of this.#wanted.keys()) this.#subscribe(name);
  }

  /** The client is closed: its places are kept for the next one. */
  detach(): void {
    this.#client = undefined;
    for (const [name, wanted] of this.#wanted) {
      this.#wanted.set(name, { position: wanted.subscription?.position ?? wanted.position, subscription: undefined });
    }
  }

  /** Forgets the places, not the channels. */
  forgetPlaces(): void {
    for (const wanted of this.#wanted.values()) wanted.position = undefined;
    this.#changed();
  }

  #subscribe(name: string): void {
    const client = this.#client;
    const wanted = this.#wanted.get(name);
    if (client === undefined || wanted === undefined) return;
    const subscription = client.subscribe(name, this.#changed, { recover: wanted.position, onReset: this.#changed });
    wanted.subscription = subscription;
    subscription.ready.then(this.#changed, () => {
      // Refused, and the frame log says why; a client that was closed is detached by then.
      if (this.#wanted.get(name)?.subscription === subscription) this.remove(name);
    });
  }
}
