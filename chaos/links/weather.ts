export type Forecast =
  | Readonly<{ kind: 'fair' }>
  /** Every piece that is read waits so long, ms, and then as long as its bytes take. */
  | Readonly<{ kind: 'slow'; latencyMs: number; bytesPerSecond: number }>
  /** Connections stand, and nothing arrives any more: at the server, at the client, or at either. */
  | Readonly<{ kind: 'half-open'; silent: 'server' | 'client' | 'both' }>;

export type Direction = 'server' | 'client';

/** What the links of one place are like now. */
export class Weather {
  #now: Forecast = { kind: 'fair' };
  readonly #waiting: (() => void)[] = [];

  get now(): Forecast {
    return this.#now;
  }

  set now(forecast: Forecast) {
    this.#now = forecast;
    for (const look of this.#waiting.splice(0)) look();
  }

  /** How many connections and directions it holds bytes of now. */
  get held(): number {
    return this.#waiting.length;
  }

  /** Resolves when bytes towards `direction` may go on. */
  async passes(direction: Direction): Promise<void> {
    while (this.#now.kind === 'half-open' && (this.#now.silent === 'both' || this.#now.silent === direction)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
