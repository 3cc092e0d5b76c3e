import { z } from 'zod';

/** JSON has no NaN, which is what could not be measured. */
const Measured = z.number().or(z.null().transform(() => Number.NaN));

/**
 * One figure of a run. A `ratio` is against a baseline of the same run, and so can be compared between runs; what else
 * is measured depends on the machine. `atMost` or `atLeast` is its target.
 */
export const Figure = z.object({
  bench: z.string(),
  name: z.string(),
  value: Measured,
  unit: z.string(),
  ratio: z.boolean(),
  atMost: z.number().optional(),
  atLeast: z.number().optional(),
  /** Of one without a target; by default less is. */
  better: z.literal('more').optional(),
  /** Of the rounds, as a share of the median. */
  spread: Measured.optional(),
});
export type Figure = Readonly<z.infer<typeof Figure>>;

export type Verdict = 'met' | 'not met' | '';

/** Of a figure without a target: nothing. What could not be measured is not met. */
export const verdictOf = ({ value, atMost, atLeast }: Figure): Verdict => {
  if (atMost === undefined && atLeast === undefined) return '';
  const isMet = value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY);
  return isMet ? 'met' : 'not met';
};
