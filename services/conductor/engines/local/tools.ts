import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure } from '../../failure.js';

export type Tools = Readonly<{ supervisord: string; nginx: string; redisServer: string; path: string }>;

/** Where Debian, Homebrew and Grafana's own packages keep servers that a user's PATH may lack. */
const MORE_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/bin', '/usr/share/grafana/bin'];

export const searchPath = (path: string): string => [path, ...MORE_FOLDERS].filter(Boolean).join(delimiter);

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
