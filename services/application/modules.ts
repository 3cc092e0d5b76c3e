import { readdirSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The settings that name modules of the application; a release carries what they name. */
export const MODULE_SETTINGS = ['HANDLERS', 'TASKS'] as const;
export type ModuleSetting = (typeof MODULE_SETTINGS)[number];

/** What the application brings can't be had; the message names the setting, or the file and what is wrong in it. Nothing starts with it. */
export class ModulesUnusable extends Error {
  override readonly name = 'ModulesUnusable';
}

type Exported = Readonly<Record<string, unknown>>;

/** Something that a module exports, and the file that it came from. */
export type Found<T> = Readonly<{ value: T; file: string }>;

/** What modules of a setting export. */
export type Wanted<T> = Readonly<{
  setting: ModuleSetting;
  /** As a message says it: `exports no …`. */
  what: string;
  /** Whether something is meant to be one. Other things that a module exports are its own. */
  isMeant(value: Exported): boolean;
  isOne(value: unknown): value is T;
  /** Of something that is meant to be one and is none: what it is called, and what it must have. */
  trouble(value: Exported): string;
}>;

const LOADED = ['.js', '.mjs', '.cjs'];
const IS_NONE = /\.(?:test|d)\.[cm]?[jt]s$/;

/** What a setting names: paths of modules and folders, separated by commas. */
export const pathsIn = (text: string): readonly string[] =>
  text
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');

/**
 * The files of a path, a module or a folder of them. A folder stands for the modules right in it, in the order of their
 * names; what lies deeper is theirs.
 * @param extensions of a module in a folder
 * @throws ModulesUnusable
 */
export const modulesAt = (setting: string, path: string, extensions: readonly string[]): readonly string[] => {
  const full = resolve(path);
  const stats = statSync(full, { throwIfNoEntry: false });
  if (stats === undefined) throw new ModulesUnusable(`${setting}=${path}: there is no such file or folder`);
  if (!stats.isDirectory()) return [full];
  const modules = readdirSync(full, { withFileTypes: true })
    .filter((entry) => entry.isFile() && extensions.includes(extname(entry.name)) && !IS_NONE.test(entry.name))
    .map(({ name }) => join(full, name))
    .sort();
  if (modules.length > 0) return modules;
  throw new ModulesUnusable(`${setting}=${path}: there is no module in this folder (${extensions.join(', ')})`);
};

/**
 * What is wanted of all that modules export, in any number and under any name.
 * @param paths of modules and folders, relative to the working directory
 * @throws ModulesUnusable for a path that is none, a module that can't be loaded or exports nothing of the kind
 */
export const loadModules = async <T>(wanted: Wanted<T>, paths: readonly string[]): Promise<readonly Found<T>[]> => {
  const found: Found<T>[] = [];
  for (const file of paths.flatMap((path) => modulesAt(wanted.setting, path, LOADED))) {
    found.push(...(await foundIn(wanted, file)));
  }
  return found;
};

const foundIn = async <T>(wanted: Wanted<T>, file: string): Promise<readonly Found<T>[]> => {
  if (!LOADED.includes(extname(file))) {
    throw new ModulesUnusable(`${file}: is no JavaScript; "make dev-up", "make promote" and "npm run worker" build it`);
  }
  const exported = new Set(Object.values(await importModule(file)));
  const meant = [...exported].filter(isRecord).filter((value) => wanted.isMeant(value));
  if (meant.length === 0) throw new ModulesUnusable(`${file}: exports no ${wanted.what}`);
  return meant.map((value) => {
    if (wanted.isOne(value)) return { value, file };
    throw new ModulesUnusable(`${file}: ${wanted.trouble(value)}`);
  });
};

const importModule = async (file: string): Promise<Exported> => {
  try {
    const loaded: unknown = await import(pathToFileURL(file).href);
    return isRecord(loaded) ? loaded : {};
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new ModulesUnusable(`${file}: can't be loaded: ${words}`, { cause: error });
  }
};

export const isRecord = (value: unknown): value is Exported => typeof value === 'object' && value !== null;

/** A schema of zod, by what is asked of it: the application may have brought a zod of its own. */
export const isSchema = (value: unknown): boolean => isRecord(value) && typeof value['safeParse'] === 'function';
