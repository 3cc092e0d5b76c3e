import { cpus, totalmem } from 'node:os';
import type { Settings } from './config.js';
import type { Ran } from './run.js';

export type Machine = Readonly<{ cpu: string; cores: number; memoryGiB: number; node: string; k6: string }>;
/** All of a run: what summary.json holds, and the page shows. */
export type Result = Ran & Readonly<{ at: string; host: string; machine: Machine; settings: Settings }>;

export const machineOf = (k6: string): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  k6,
});
