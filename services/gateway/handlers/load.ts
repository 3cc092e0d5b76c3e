import { isRecord, isSchema, loadModules, type Wanted } from '../../application/modules.js';
import type { Handler } from './handler.js';
import { Handlers } from './handlers.js';

const HANDLER: Wanted<Handler> = {
  setting: 'HANDLERS',
  what: 'handler, {type, schema, handle}',
  isMeant: (value) => 'handle' in value || ('type' in value && 'schema' in value),
  isOne: (value): value is Handler =>
    isRecord(value) &&
    typeof value['type'] === 'string' &&
    isSchema(value['schema']) &&
    typeof value['handle'] === 'function',
  trouble({ type }) {
    const named = JSON.stringify(type) ?? 'without a type';
    return `the handler ${named} must have a type (a string), a schema (of zod) and handle (a function)`;
  },
};

/**
 * The handlers of modules and folders of them.
 * @throws ModulesUnusable for what can't be had, and types that clash
 */
export const loadHandlers = async (paths: readonly string[]): Promise<Handlers> =>
  new Handlers((await loadModules(HANDLER, paths)).map(({ value, file }) => ({ handler: value, file })));
