import { SECRETS } from '../../settings/secrets.js';
import type { Remembered } from '../run-directory.js';

/** Settings that were given by name, as they would be for a stack that starts. */
export type Wanted = Readonly<Record<string, string | number>>;

const shown = (name: string, value: string | number | undefined): string | number =>
  value === undefined ? 'its default' : SECRETS.has(name) ? 'another' : value;

/** What was given by name and the running stack was not brought up with, one line each. */
export const unusedSettings = (remembered: Remembered | undefined, wanted: Wanted): readonly string[] => {
  if (remembered === undefined) return [];
  const running: Readonly<Record<string, string | number>> = { ...remembered.worker_environment, ...remembered.stack };
  return Object.entries(wanted)
    .filter(([name, value]) => running[name] !== value)
    .map(
      ([name, value]) =>
        `${name}=${SECRETS.has(name) ? '…' : value} is not used: the stack was brought up with ${shown(name, running[name])}; ` +
        '"make dev-down" and "make dev-up" change it.',
    );
};
