import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isRecord, isSchema, loadModules, ModulesUnusable, type Wanted } from '../application/modules.js';
import type { TaskDefinition } from './definition.js';

/** Tasks by their names. */
export type TaskDefinitions = ReadonlyMap<string, TaskDefinition>;

/** The examples: what may be run where nobody says otherwise, and the build has them. */
const EXAMPLES = fileURLToPath(new URL('../../examples/tasks', import.meta.url));

const TASK: Wanted<TaskDefinition> = {
  setting: 'TASKS',
  what: 'task, made by defineTask',
  isMeant: (value) => 'run' in value || ('name' in value && 'schema' in value),
  isOne: (value): value is TaskDefinition =>
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    typeof value['attempts'] === 'number' &&
    isSchema(value['schema']) &&
    typeof value['run'] === 'function',
  trouble: ({ name }) => `the task ${JSON.stringify(name) ?? 'without a name'} must be made by defineTask`,
};

/**
 * The tasks of modules and folders of them.
 * @param paths none: the examples
 * @throws ModulesUnusable for what can't be had, and names that clash
 */
export const loadTasks = async (paths: readonly string[]): Promise<TaskDefinitions> => {
  const byDefault = existsSync(EXAMPLES) ? [EXAMPLES] : [];
  const tasks = new Map<string, TaskDefinition>();
  const files = new Map<string, string>();
  for (const { value: task, file } of await loadModules(TASK, paths.length === 0 ? byDefault : paths)) {
    const other = files.get(task.name);
    if (other !== undefined) {
      throw new ModulesUnusable(`${file}: the name "${task.name}" has a task already, in ${other}`);
    }
    files.set(task.name, file);
    tasks.set(task.name, task);
  }
  return tasks;
};
