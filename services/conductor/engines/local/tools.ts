import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Failure } from '../../failure.js';

export type Tools = Readonly<{ supervisord: string; nginx: string; redisServer: string; path: string }>;

/** Where Debian, Homebrew and Grafana's own packages keep servers that a user's PATH may lack. */
const MORE_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/bin', '/usr/share/grafana/bin'];

export const searchPath = (path: string): string => [path, ...MORE_FOLDERS].filter(Boolean).join(delimiter);

/** What was built on this machine, outside of any checkout: `SWITCHYARD_CACHE`, else `switchyard` in the user's caches. */
export const cacheFolder = (environment: Readonly<Record<string, string | undefined>>): string => {
  const given = (name: string): string | undefined => (environment[name] === '' ? undefined : environment[name]);
  const home = given('XDG_CACHE_HOME') ?? join(given('HOME') ?? homedir(), '.cache');
  return resolve(given('SWITCHYARD_CACHE') ?? join(home, 'switchyard'));
};

export const findTool = (name: string, path: string): string | undefined =>
  path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/** @throws {Failure} naming what is missing */
export const findTools = (givenPath: string): Tools => {
  const path = searchPath(givenPath);
  const found = (name: string): string => {
    const file = findTool(name, path);
    if (file === undefined)
      throw new Failure(`${name} is missing on this machine: "make doctor" tells what installs it`);
    return file;
  };
  return { supervisord: found('supervisord'), nginx: found('nginx'), redisServer: found('redis-server'), path };
};
