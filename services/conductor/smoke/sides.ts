import type { WorkerAddress } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import { nameOf } from '../worker-client.js';

/** One of two workers, maybe of two releases, that share one Redis. */
export type Side = Readonly<{ worker: WorkerAddress; release: string }>;

/** What `reader` could not do with what `writer` left in Redis; where both are the same, what it could not do by itself. */
export class SideFailure extends Failure {
  constructor(
    message: string,
    readonly writer: Side,
    readonly reader: Side,
    cause: unknown,
  ) {
    super(message, { worker: reader.worker, cause });
  }
}

const told = ({ worker, release }: Side): string => `${nameOf(worker)} (release ${release})`;

/** What one worker does for itself. @throws {SideFailure} naming it and what is wrong */
export const alone = async <T>(side: Side, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw new SideFailure(`${told(side)}: ${messageOf(error)}`, side, side, error);
  }
};

/** What `reader` does with what `writer` left in Redis. @throws {SideFailure} naming the direction and what is wrong */
export const goingOn = async <T>(writer: Side, reader: Side, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const words = `${told(reader)} can't go on with what ${told(writer)} wrote: ${messageOf(error)}`;
    throw new SideFailure(words, writer, reader, error);
  }
};
