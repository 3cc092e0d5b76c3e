import { SECRETS } from '../../settings/secrets.js';
import { ContainerSettings } from '../container-settings.js';
import type { Remembered } from '../run-directory.js';
import type { StackSettings } from '../settings.js';

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

/** What one engine has and the other one not. */
const MEANINGLESS: Readonly<Record<'local' | 'compose', readonly string[]>> = {
  local: Object.keys(ContainerSettings.shape),
  compose: [
    'REDIS_PORT',
    'RUN_USER',
    'EXPORTER_PORT',
    'REDIS_EXPORTER_PORT',
    'NGINX_EXPORTER_PORT',
    'HTTPS_PORT',
    'HSTS_MAX_AGE',
  ],
};

/** What was given by name and is nothing to what runs the stack, one line. */
export const meaninglessSettings = (
  { ENGINE: asked }: StackSettings,
  given: ReadonlySet<string>,
): readonly string[] => {
  const engine = asked === '' ? 'local' : asked;
  const names = MEANINGLESS[engine].filter((name) => given.has(name));
  if (names.length === 0) return [];
  const kind = engine === 'local' ? 'as processes of this machine' : 'in containers';
  return [`${names.join(', ')}: of no use to a stack that runs ${kind} (ENGINE=${engine}).`];
};
