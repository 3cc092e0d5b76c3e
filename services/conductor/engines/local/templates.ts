import { Failure } from '../../failure.js';

/** Fills `${NAME}` in a configuration template. */
export const fill = (template: string, values: Readonly<Record<string, string | number>>): string =>
  template.replaceAll(/\$\{([A-Z_]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Failure(`the template wants \${${name}}, which nobody gives`);
    return String(value);
  });

/** supervisord expands `%(…)s` everywhere. */
export const literal = (text: string): string => text.replaceAll('%', '%%');

/**
 * One `NAME="value"` of supervisord's `environment`, which knows quotes but no escapes.
 * @throws {Failure} for a value that can't be written there
 */
export const assignment = (name: string, value: string): string => {
  const quote = value.includes('"') ? "'" : '"';
  if (value.includes(quote) || /[\r\n\0]/.test(value) || /^['"]|['"]$/.test(value)) {
    throw new Failure(
      `${name}: a value with line ends, with both kinds of quotes or framed by them can't be passed on`,
    );
  }
  return `${name}=${quote}${literal(value)}${quote}`;
};

/** supervisord's `user` of a program: it gives up its privileges before it starts that. */
export const userLine = (name: string | undefined): readonly string[] =>
  name === undefined ? [] : [`user=${literal(name)}`];
