import { isRoot, runUserOf, whyNotAs } from '../engines/local/run-user.js';
import { Failure } from '../failure.js';
import type { Report } from '../report.js';
import type { StackSettings } from '../settings.js';

const USUAL = 'nobody';

/**
 * Settles who runs what needs no privileges. A person who starts a stack of this machine as root may have it where no other user
 * gets to: then everything runs as root, which is told. Who names a user, or is in production, is told and gets nothing else.
 * @param binaries what the user must be able to start
 * @throws {Failure}
 */
export const chooseRunUser = async (
  stack: StackSettings,
  runDir: string,
  binaries: readonly string[],
  report: Report,
): Promise<StackSettings> => {
  const { RUN_USER: asked, MODE: mode } = stack;
  if (!isRoot()) {
    if (asked !== '') report.say(`RUN_USER=${asked} is not used: only root can run something as another user.`);
    return { ...stack, RUN_USER: '' };
  }
  const name = asked === '' ? USUAL : asked;
  const user = runUserOf(name);
  const why = user && (await whyNotAs(user, runDir, binaries));
  if (why === undefined) return { ...stack, RUN_USER: name };
  if (asked !== '' || mode === 'production') {
    throw new Failure(`RUN_USER=${name}: ${why}; RUN_USER=root runs everything as root`, { exitCode: 2 });
  }
  report.say(`Note: everything runs as root: ${why}.`);
  return { ...stack, RUN_USER: 'root' };
};
