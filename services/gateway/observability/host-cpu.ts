import { cpus } from 'node:os';

type Times = Readonly<{ idle: number; all: number }>;

/** How busy the machine is that this worker runs on, whoever keeps it so. */
export class HostCpu {
  #last: Times = timesOf();

  /** The share of all cores that was busy since the last call, 0 to 1. */
  busy(): number {
    const now = timesOf();
    const all = now.all - this.#last.all;
    const idle = now.idle - this.#last.idle;
    this.#last = now;
    return all <= 0 ? 0 : Math.round((1 - idle / all) * 100) / 100;
  }
}

const timesOf = (): Times => {
  let [idle, all] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.idle + times.user + times.nice + times.sys + times.irq;
  }
  return { idle, all };
};
