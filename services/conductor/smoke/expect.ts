import { Failure } from '../failure.js';

/** @throws {Failure} */
export const expect = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Failure(otherwise);
};

/** @throws {Failure} naming both values */
export const expectEqual = (found: unknown, wanted: unknown, what: string): void =>
  expect(found === wanted, `${what} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
