/** The brackets of objects and the strings of a JSON text, those that are names with their colon. */
const PARTS = /([{}])|("(?:[^"\\]|\\.)*")(\s*:)?/g;

/**
 * A name that an object of this JSON text gives twice; undefined: there is none. JSON.parse keeps the last one without a
 * word.
 * @param text what JSON.parse takes
 */
export const repeatedName = (text: string): string | undefined => {
  const open: Set<unknown>[] = [];
  for (const [, bracket, quoted, colon] of text.matchAll(PARTS)) {
    if (bracket === '{') open.push(new Set());
    if (bracket === '}') open.pop();
    if (quoted === undefined || colon === undefined) continue;
    const name: unknown = JSON.parse(quoted);
    const names = open.at(-1);
    if (names?.has(name) === true) return String(name);
    names?.add(name);
  }
  return undefined;
};
