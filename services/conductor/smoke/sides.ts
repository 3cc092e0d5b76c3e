import type { WorkerAddress } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import { nameOf } from '../worker-client.js';

/** One of two workers, maybe of two releases, that share one Redis. */
export type Side = Readonly<{ worker: WorkerAddress; release: string }>;

const told = ({ worker, release }: Side): string => `${nameOf(worker)} (release ${release})`;

/** What one worker does for itself. @throws {Failure} naming it and what is wrong */
export const alone = async <T>(side: Side, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw new Failure(`${told(side)}: ${messageOf(error)}`, { worker: side.worker, cause: error });
  }
};

/** What `reader` does with what `writer` left in Redis. @throws {Failure} naming the direction and what is wrong */
export const goingOn = async <T>(writer: Side, reader: Side, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const words = `${told(reader)} can't go on with what ${told(writer)} wrote: ${messageOf(error)}`;
    throw new Failure(words, { worker: reader.worker, cause: error });
  }
};
