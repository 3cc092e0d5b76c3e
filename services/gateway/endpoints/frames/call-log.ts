import type { HandlerLog } from '../../handlers/handler.js';
import { LINE_FIELDS, type Logger } from '../../observability/logger.js';

/** Lines of a handler. What they say of themselves is not the handler's to say: fields of such a name are left out. */
export const callLog = (logger: Logger, own: Readonly<Record<string, unknown>>): HandlerLog => {
  const write =
    (level: keyof HandlerLog) =>
    (fields: object, message: string): void =>
      logger[level]({ ...withoutLineFields(fields), ...own }, message);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
};

const withoutLineFields = (fields: object): object => {
  if (fields instanceof Error) return { error: fields };
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !LINE_FIELDS.has(name)));
};
