import type { Epoch, Offset } from '../../../protocol/ids.js';
import { parseEpoch, parseOffset } from '../../../protocol/ids.js';

/** Redis answered something that our scripts never answer: another version's script or key of the same name. */
export class UnexpectedReply extends Error {
  override readonly name = 'UnexpectedReply';
}

const refuse = (wanted: string, value: unknown): never => {
  throw new UnexpectedReply(`Redis should have answered ${wanted}, not ${JSON.stringify(value)}`);
};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : refuse('a list', value));
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : refuse('text', value));

export const numberOf = (value: unknown): number => {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : refuse('a number', value);
};

export const offsetOf = (value: unknown): Offset => parseOffset(numberOf(value)) ?? refuse('an offset', value);
export const epochOf = (value: unknown): Epoch => parseEpoch(value) ?? refuse('an epoch', value);
