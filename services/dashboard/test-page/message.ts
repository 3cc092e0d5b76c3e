import { readFields } from '../shared/fields.js';

/** A publish or a bare line, not a subscribe and the like. */
export const isMessage = (text: string): boolean => {
  const type = readFields(text)?.['type'];
  return type === undefined || type === 'publish';
};
