import { messageOf } from '../failure.js';
import { SideFailure, type Side } from './sides.js';

/** What two sides do with one another. @throws {SideFailure} saying which one stumbled, and over whom */
export type Scenario = (fresh: Side, left: Side) => Promise<void>;

export type Trial = Readonly<{
  scenario: Scenario;
  /** The release that is to serve. */
  fresh: Side;
  /** The one that is left. */
  left: Side;
  /** Going back: what the newer release makes of the older one's is of no use any more. */
  isRollback: boolean;
}>;

/** What fails a scenario one time in ten fails one of so many in two cases of three; what fails more often, nearly always. */
const CONTROLS = 10;

/**
 * Tries two sides on one another and judges by side. What fails between them is the new side's fault, unless the one
 * being left stumbles all by itself, or in the same scenario with itself.
 * @returns what the side being left can't do, in words; undefined: all is well
 * @throws {SideFailure} for what the new side can't do
 */
export const tryAcross = async (trial: Trial): Promise<string | undefined> => {
  const { scenario, fresh, left } = trial;
  try {
    await scenario(fresh, left);
    return undefined;
  } catch (error) {
    if (await isOfTheLeft(error, trial)) return messageOf(error);
    throw error;
  }
};

const isOfTheLeft = async (error: unknown, { scenario, fresh, left, isRollback }: Trial): Promise<boolean> => {
  if (!(error instanceof SideFailure)) return false;
  const { writer, reader } = error;
  if (reader === left && (writer === left || isRollback)) return true;
  if (reader === fresh && writer === fresh) return false;
  for (let count = 0; count < CONTROLS; count += 1) {
    try {
      await scenario(left, left);
    } catch {
      return true;
    }
  }
  return false;
};
