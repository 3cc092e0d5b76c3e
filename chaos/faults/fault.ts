import type { Random } from '../random.js';
import type { ChaosStack } from '../stack.js';

/** What a fault works on. */
export type Scene = Readonly<{
  stack: ChaosStack;
  /** Its choices, the same for the same seed. */
  random: Random;
  /** Aborted when the run is interrupted. */
  signal: AbortSignal;
  /** Something else goes on at the same time: what would be wrong alone may be right now. */
  overlaps: boolean;
  /** Publishes so many large messages at once on every channel. */
  burst(count: number): void;
  /** Waits, shorter when the run is interrupted. */
  pause(ms: number): Promise<void>;
}>;

/** One kind of fault. It touches only this stack, over loopback and by pid. */
export type Fault = Readonly<{
  name: string;
  does: string;
  /** Two faults that touch the same thing never strike at the same time. */
  touches: 'workers' | 'redis' | 'nginx' | 'client-links' | 'redis-links';
  /** How long the stack may take to be as before when the fault is over, s: over it the run has failed. */
  healsWithin: number;
  /** Redis itself may lose the end of what it accepted; it has to be told. */
  losesLog?: true;
  /** Resolves when the fault is over (what it changed is changed back), with what it did, in a few words. */
  strike(scene: Scene): Promise<string>;
}>;
