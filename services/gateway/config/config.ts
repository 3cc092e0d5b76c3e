import { SECRETS } from '../../settings/secrets.js';
import { unknownSettings } from '../../settings/unknown.js';
import { ALIASES } from './aliases.js';
import { settings, type Config } from './settings.js';
import { checkTogether, ConfigError } from './together.js';

/** What an address says of its user is not for a screen. */
const withoutSecret = (value: string): string => value.replace(/(?<=\/\/)[^@/]*@/, '…@');

/** @throws ConfigError */
export const readConfig = (environment: Readonly<Record<string, string | undefined>> = process.env): Config => {
  const given: Record<string, string> = {};
  const named: Record<string, string> = {};
  const take = (variable: string, setting: string): void => {
    const value = environment[variable]?.trim();
    if (value === undefined || value === '') return;
    const isFlag = !SECRETS.has(setting) && /^(true|false|yes|no)$/i.test(value);
    given[setting] = isFlag ? value.toLowerCase() : value;
    named[setting] = variable;
  };
  for (const [alias, setting] of Object.entries(ALIASES)) take(alias, setting);
  for (const setting of Object.keys(settings.shape)) take(setting, setting);

  const result = settings.safeParse(given);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => {
      const setting = String(issue.path[0]);
      const shown = SECRETS.has(setting) ? '(a secret)' : JSON.stringify(withoutSecret(given[setting] ?? ''));
      const words = issue.code === 'invalid_type' ? `must be a ${issue.expected}` : issue.message;
      return `${named[setting] ?? setting}=${shown}: ${words}`;
    });
    throw new ConfigError(lines.join('\n'));
  }
  const config = result.data;
  checkTogether(config);
  return config;
};

/** Of the conductor, and may stand in the shell that starts a worker alone. */
const OF_OTHERS = ['DRAIN_TIMEOUT', 'TASK_WORKERS', 'TASK_DRAIN'];

/** Names that were meant to be settings of a worker and are none. */
export const readUnknown = (environment: Readonly<Record<string, string | undefined>> = process.env) =>
  unknownSettings(environment, [...Object.keys(settings.shape), ...Object.keys(ALIASES), ...OF_OTHERS]);
