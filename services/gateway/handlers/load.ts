import { readdirSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Handler } from './handler.js';
import { Handlers, HandlersError, type FoundHandler } from './handlers.js';

const MODULES: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs']);
const IS_TEST = /\.test\.[a-z]+$/;

/**
 * The handlers that modules export, in any number and under any name. A folder stands for the modules right in it, in the
 * order of their names; what lies deeper is theirs.
 * @param paths of modules and folders, relative to the working directory
 * @throws HandlersError for a path that is none, a module that can't be loaded or exports no handler, and types that clash
 */
export const loadHandlers = async (paths: readonly string[]): Promise<Handlers> => {
  const found: FoundHandler[] = [];
  for (const file of paths.flatMap(modulesAt)) found.push(...(await handlersIn(file)));
  return new Handlers(found);
};

const modulesAt = (path: string): readonly string[] => {
  const full = resolve(path);
  const stats = statSync(full, { throwIfNoEntry: false });
  if (stats === undefined) throw new HandlersError(`HANDLERS=${path}: there is no such file or folder`);
  if (!stats.isDirectory()) return [full];
  const modules = readdirSync(full, { withFileTypes: true })
    .filter((entry) => entry.isFile() && MODULES.has(extname(entry.name)) && !IS_TEST.test(entry.name))
    .map(({ name }) => join(full, name))
    .sort();
  if (modules.length === 0) throw new HandlersError(`HANDLERS=${path}: there is no module in this folder (.js, .mjs)`);
  return modules;
};

const handlersIn = async (file: string): Promise<readonly FoundHandler[]> => {
  if (!MODULES.has(extname(file))) {
    throw new HandlersError(`${file}: is no JavaScript; "make dev-up", "make promote" and "npm run worker" build it`);
  }
  const exported = await importModule(file);
  const candidates = new Set(Object.values(exported).filter(looksLikeHandler));
  if (candidates.size === 0) throw new HandlersError(`${file}: exports no handler, {type, schema, handle}`);
  return [...candidates].map((candidate) => ({ handler: requireHandler(candidate, file), file }));
};

const importModule = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  try {
    const loaded: unknown = await import(pathToFileURL(file).href);
    return isRecord(loaded) ? loaded : {};
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new HandlersError(`${file}: can't be loaded: ${words}`, { cause: error });
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Other things that a module exports are its own. */
const looksLikeHandler = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && ('handle' in value || ('type' in value && 'schema' in value));

const isHandler = (value: unknown): value is Handler =>
  isRecord(value) &&
  typeof value['type'] === 'string' &&
  isRecord(value['schema']) &&
  typeof value['schema']['safeParse'] === 'function' &&
  typeof value['handle'] === 'function';

const requireHandler = (value: Readonly<Record<string, unknown>>, file: string): Handler => {
  if (isHandler(value)) return value;
  const named = JSON.stringify(value['type']) ?? 'without a type';
  throw new HandlersError(
    `${file}: the handler ${named} must have a type (a string), a schema (of zod) and handle (a function)`,
  );
};
