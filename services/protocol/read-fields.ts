import type { JsonValue } from './frames.js';

/** Readers of fields: the value when it has the type that they name, else undefined. */
export const readText = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
export const readFlag = (value: JsonValue | undefined): boolean | undefined =>
  typeof value === 'boolean' ? value : undefined;
/** A finite number: `1e999` is valid JSON and reads as Infinity. */
export const readNumber = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
export const readCount = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** An optional field that is there, but not readable. */
export const isMalformed = (raw: JsonValue | undefined, read: unknown): boolean =>
  raw !== undefined && read === undefined;
