import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, messageOf } from '../../failure.js';
import type { Color } from '../engine.js';
import { replaceFile } from '../local/parts/replace-file.js';

type Environment = Readonly<Record<string, string>>;

/** Where workers in containers have what their settings name. */
const IN_CONTAINERS = '/run/files';
/** Their value is a path of this machine; of a key it may be the key itself. */
const NAMING = ['NAMESPACES', 'JWT_PUBLIC_KEY', 'JWT_PUBLIC_KEY_PREVIOUS'] as const;

/**
 * Copies the files that settings of workers name into `folder`, which their containers have mounted. Returns the settings as they
 * are there. Each color has copies of its own: what one runs with stays when the other one gets another. @throws {Failure}
 */
export const withFiles = (environment: Environment, color: Color, folder: string): Environment => {
  mkdirSync(folder, { recursive: true });
  const there = NAMING.flatMap((name): [string, string][] => {
    const path = environment[name] ?? '';
    if (path === '' || path.includes('-----BEGIN')) return [];
    const copy = `${color}-${name.toLowerCase()}`;
    replaceFile(join(folder, copy), contentOf(name, path), 0o644);
    return [[name, join(IN_CONTAINERS, copy)]];
  });
  return { ...environment, ...Object.fromEntries(there) };
};

const contentOf = (name: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`${name}=${path} can't be read: ${messageOf(error)}`, { cause: error });
  }
};
