import type { Color, WorkerProcess } from '../engines/engine.js';
import { Failure } from '../failure.js';
import { clientOf, type Site } from '../site.js';
import { nameOf } from '../worker-client.js';

/** A worker that has been out of order for so long is not just being asked at a bad moment, ms. */
export const PATIENCE_MS = 1_000;

type Trouble = Readonly<{ worker: WorkerProcess; why: string }>;

/** Looks whether every worker of a color runs and is ready. */
export class TroubleWatch {
  readonly #site: Site;
  readonly #color: Color;
  readonly #patienceMs: number;
  #healthyAt = performance.now();

  constructor(site: Site, color: Color, patienceMs = PATIENCE_MS) {
    this.#site = site;
    this.#color = color;
    this.#patienceMs = patienceMs;
  }

  /** False: one of them is out of order at the moment. @throws {Failure} when that has been so for longer than the patience */
  async look(): Promise<boolean> {
    const trouble = await this.#find();
    if (trouble === undefined) {
      this.#healthyAt = performance.now();
      return true;
    }
    if (performance.now() - this.#healthyAt < this.#patienceMs) return false;
    const { worker, why } = trouble;
    throw new Failure(`${nameOf(worker)} broke down after the switch: ${why}`, { worker });
  }

  async #find(): Promise<Trouble | undefined> {
    for (const worker of await this.#site.engine.workers(this.#color)) {
      if (worker.state === 'failed') return { worker, why: worker.why };
      const readiness = await clientOf(this.#site, worker).readiness();
      if (readiness.state !== 'ready') return { worker, why: readiness.why };
    }
    return undefined;
  }
}
