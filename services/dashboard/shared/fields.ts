/** What is known of an object that came over the wire: nothing, until a field is looked at. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a JSON object; undefined for any other text. */
export const readFields = (text: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const readText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
