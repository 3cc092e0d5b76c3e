import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Direction, Weather } from './weather.js';

/** One connection over a link: what comes from either end goes to the other, as the weather allows. */
export class Stretch {
  onEnd: () => void = () => {};
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #weather: Weather;
  #open = 2;

  constructor(near: Socket, far: Socket, weather: Weather) {
    this.#near = near;
    this.#far = far;
    this.#weather = weather;
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      // What went wrong shows as a close of both ends.
      socket.on('error', () => this.reset());
      socket.on('close', () => this.onEnd());
    }
    void this.#carry(near, far, 'server');
    void this.#carry(far, near, 'client');
  }

  reset(): void {
    this.onEnd();
    for (const socket of [this.#near, this.#far]) if (!socket.destroyed) socket.resetAndDestroy();
  }

  async #carry(from: Socket, to: Socket, direction: Direction): Promise<void> {
    try {
      for await (const piece of from.iterator({ destroyOnReturn: false })) {
        if (!Buffer.isBuffer(piece)) continue;
        const weather = this.#weather.now;
        if (weather.kind === 'slow') await sleep(weather.latencyMs + (piece.length / weather.bytesPerSecond) * 1_000);
        await this.#weather.passes(direction);
        if (!to.write(piece)) await once(to, 'drain');
      }
      await this.#weather.passes(direction);
      to.end();
    } catch {
      this.reset();
    }
    this.#open -= 1;
    if (this.#open === 0) for (const socket of [from, to]) socket.destroy();
  }
}
