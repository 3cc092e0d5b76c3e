import * as fc from 'fast-check';
import type { FuzzInput } from './fuzz-input.js';
import { handshakes } from './inputs/handshakes.js';
import { requests } from './inputs/requests.js';
import { conversations } from './inputs/conversations.js';

export type FuzzCase = FuzzInput & Readonly<{ seed: number; number: number }>;

const anyInput: fc.Arbitrary<FuzzInput> = fc.oneof(
  { weight: 6, arbitrary: conversations },
  { weight: 2, arbitrary: handshakes },
  { weight: 2, arbitrary: requests },
);

/** Far apart, so that the cases of neighbouring seeds are others. */
const SEED_STEP = 0x9e_37_79_b1;

/** The same seed and number give the same case, whatever came before it. */
export const caseOf = (seed: number, number: number): FuzzCase => {
  const [input] = fc.sample(anyInput, { numRuns: 1, seed: (Math.imul(seed, SEED_STEP) + number) | 0 });
  if (input === undefined) throw new Error('fast-check gave no sample');
  return { ...input, seed, number };
};
