import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TaskDefinition } from './definition.js';

/** Tasks by their names. */
export type TaskDefinitions = ReadonlyMap<string, TaskDefinition>;

/** The examples: what may be run where nobody says otherwise, and the build has them. */
const DEFAULT_TASKS = resolve(import.meta.dirname, '../../examples/tasks');

/** The modules of `TASKS` can't be used. */
export class TasksUnusable extends Error {
  override readonly name = 'TasksUnusable';
}

const isDefinition = (value: unknown): value is TaskDefinition =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  typeof value.name === 'string' &&
  'schema' in value &&
  'run' in value &&
  typeof value.run === 'function' &&
  'attempts' in value &&
  typeof value.attempts === 'number';

/**
 * Every task that a module, or the modules of a folder (`*.js`, `*.mjs`), export under any name.
 * @param given undefined: the examples
 * @throws TasksUnusable which names the setting and the file
 */
export const loadTasks = async (given: string | undefined): Promise<TaskDefinitions> => {
  if (given === undefined && !existsSync(DEFAULT_TASKS)) return new Map();
  const path = given ?? DEFAULT_TASKS;
  const found = new Map<string, TaskDefinition>();
  for (const file of filesAt(path)) {
    for (const definition of (await exportsOf(path, file)).filter(isDefinition)) {
      if (found.has(definition.name)) {
        throw new TasksUnusable(`TASKS=${path}: two tasks are called ${definition.name}; the second is in ${file}`);
      }
      found.set(definition.name, definition);
    }
  }
  if (found.size === 0) throw new TasksUnusable(`TASKS=${path}: no module there exports a task made by defineTask`);
  return found;
};

const filesAt = (path: string): readonly string[] => {
  const whole = resolve(path);
  if (!existsSync(whole)) throw new TasksUnusable(`TASKS=${path}: there is no such file or folder`);
  if (!statSync(whole).isDirectory()) return [whole];
  return readdirSync(whole)
    .filter((name) => /\.m?js$/.test(name))
    .sort()
    .map((name) => join(whole, name));
};

const exportsOf = async (path: string, file: string): Promise<readonly unknown[]> => {
  try {
    const loaded: unknown = await import(pathToFileURL(file).href);
    return typeof loaded === 'object' && loaded !== null ? [...new Set<unknown>(Object.values(loaded))] : [];
  } catch (error) {
    throw new TasksUnusable(`TASKS=${path}: ${file} can not be loaded: ${String(error)}`, { cause: error });
  }
};
