import type { JsonValue } from './frames.js';
import { isJsonObject, type JsonObject } from './json.js';

/** The value of a field, or undefined where it is none of its kind. Never throws. */
export type Read<T> = (value: JsonValue | undefined) => T | undefined;

/** Of a field that may be absent; one that is there must be readable. */
export type Optional<T> = Readonly<{ optional: Read<T> }>;

/**
 * How each field of a `T` is read: what is optional in `T` is optional here, and nothing else. `type` is not among them: it
 * is what the shape is found by.
 */
export type Shape<T> = {
  readonly [K in Exclude<keyof T, 'type'>]-?: Partial<Pick<T, K>> extends Pick<T, K>
    ? Optional<Exclude<T[K], undefined>>
    : Read<T[K]>;
};

type Fields = Record<string, unknown>;

export const optional = <T>(read: Read<T>): Optional<T> => ({ optional: read });

/** One of these very values. */
export const oneOf =
  <const T extends JsonValue>(...values: readonly T[]): Read<T> =>
  (value) =>
    values.find((known) => known === value);

/** An array of which every item is readable. */
export const arrayOf =
  <T>(read: Read<T>): Read<readonly T[]> =>
  (value) => {
    if (!isJsonArray(value)) return undefined;
    const items: T[] = [];
    for (const item of value) {
      const result = read(item);
      if (result === undefined) return undefined;
      items.push(result);
    }
    return items;
  };

/** An object with these fields; others are left out. */
export const objectOf = <T extends Fields>(shape: Shape<T>): Read<T> => {
  const fill = fillBy(shape);
  return (value) => {
    const object = {};
    return isJsonObject(value) && fill(object, value) ? object : undefined;
  };
};

/** The same of a frame, with its `type`. */
export const frameOf = <T extends Fields>(shape: Shape<T>): ((fields: JsonObject) => T | undefined) => {
  const fill = fillBy(shape);
  return (fields) => {
    const frame = { type: fields['type'] };
    return fill(frame, fields) ? frame : undefined;
  };
};

const fillBy = <T extends Fields>(shape: Shape<T>) => {
  const fields = Object.entries<Read<unknown> | Optional<unknown>>(shape);
  return (target: Fields, source: JsonObject): target is T => {
    for (const [name, field] of fields) {
      const isRequired = typeof field === 'function';
      const raw = source[name];
      if (raw === undefined && !isRequired) continue;
      const value = (isRequired ? field : field.optional)(raw);
      if (value === undefined) return false;
      target[name] = value;
    }
    return true;
  };
};

const isJsonArray = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
