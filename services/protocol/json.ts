import type { JsonValue } from './frames.js';

export type JsonObject = { readonly [key: string]: JsonValue };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const parse: (text: string) => JsonValue = JSON.parse;

/** How every JSON text begins. A person's line mostly does not, and is refused without the price of an exception. */
const JSON_START = /^[ \t\n\r]*[[{"\-0-9tfn]/;

/** Undefined when the text is not JSON. Never throws. A key `__proto__` becomes an own property like any other. */
export const parseJson = (text: string): JsonValue | undefined => {
  if (!JSON_START.test(text)) return undefined;
  try {
    return parse(text);
  } catch {
    return undefined;
  }
};

export const isJsonObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether arrays and objects are nested in more than `levels` levels. The text must be valid JSON. A text too short to
 * be that deep is not looked at, and strings are skipped by native search.
 */
export const isDeeperThan = (levels: number, text: string): boolean => {
  if (text.length < 2 * (levels + 1)) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case QUOTE:
        index = endOfString(text, index);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > levels) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
    }
  }
  return false;
};

/** The closing quote of the string that opens at `start`: the first one behind an even number of backslashes. */
const endOfString = (text: string, start: number): number => {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - 1 - before) % 2 === 0) return end;
  }
  return text.length;
};
