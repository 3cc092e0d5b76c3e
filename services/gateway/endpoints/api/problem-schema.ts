import { z } from 'zod';
import { PROBLEMS, problemType, type ProblemName } from './problem.js';

const names = Object.keys(PROBLEMS).filter((name): name is ProblemName => Object.hasOwn(PROBLEMS, name));

/** RFC 9457, as the OpenAPI document tells it. */
export const problem = z.object({
  type: z.enum(names.map(problemType)).meta({ description: 'Stable: a program may decide by it' }),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().meta({ description: 'For a person to read' }),
  field: z.string().optional().meta({ description: 'What is wrong in the body' }),
});
