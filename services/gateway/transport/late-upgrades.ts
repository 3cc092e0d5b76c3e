import type { HttpResponse } from 'uWebSockets.js';

type Corkable = Readonly<{ cork(write: () => void): unknown }>;

/**
 * Upgrades that are answered in a later turn than they were asked for. uWebSockets.js wants writes in a cork, but its
 * `HttpResponse.cork` looks at the response when it returns, which an upgrade has freed, and then may close the new
 * WebSocket at once (its issue 1928). While another socket is corked it does not do that: so the cork of any open
 * WebSocket is borrowed. Where none is open it is done without, which costs warnings on stderr and small packets.
 */
export class LateUpgrades {
  readonly #open = new Set<Corkable>();

  opened(socket: Corkable): void {
    this.#open.add(socket);
  }

  closed(socket: Corkable): void {
    this.#open.delete(socket);
  }

  run(response: HttpResponse, upgrade: () => void): void {
    const [other] = this.#open;
    if (other === undefined) upgrade();
    else other.cork(() => response.cork(upgrade));
  }
}
