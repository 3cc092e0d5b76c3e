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

/** With its address may come a password: the value is not shown. */
const OWN_REDIS =
  'REDIS_URL is not used: a stack that "make dev-up" starts has a Redis of its own (docs/OPERATIONS.md, Another Redis).';

/** What was given by name and is nothing to the stack, or to what runs it. */
export const meaninglessSettings = (
  { ENGINE: asked }: StackSettings,
  given: ReadonlySet<string>,
): readonly string[] => {
  const engine = asked === '' ? 'local' : asked;
  const names = MEANINGLESS[engine].filter((name) => given.has(name));
  const kind = engine === 'local' ? 'as processes of this machine' : 'in containers';
  return [
    ...(names.length === 0 ? [] : [`${names.join(', ')}: of no use to a stack that runs ${kind} (ENGINE=${engine}).`]),
    ...(given.has('REDIS_URL') ? [OWN_REDIS] : []),
  ];
};
