import { z } from 'zod';
import type { JsonValue } from '../../../protocol/frames.js';
import { isJsonObject } from '../../../protocol/json.js';
import { MAX_FRAME_BYTES } from '../../../protocol/limits.js';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import { checkScope, type Call, type Command } from './command.js';
import { Problem, problemOf, type ProblemBody } from './problem.js';
import { problem } from './problem-schema.js';

const MAX_COMMANDS = 100;
const WANTED = `must be a list of 1 to ${MAX_COMMANDS} commands, each {"<name>": {…}}`;

/** One answer: what the command answered, or its problem. */
export type BatchAnswer = Readonly<{ result: unknown } | { problem: ProblemBody }>;

/** Many commands in one request, done and answered one after the other, in their order. */
export class Batch {
  readonly #commands: ReadonlyMap<string, Command>;
  readonly #failed: (command: string, error: unknown) => void;

  /** @param failed told of a defect of ours; the others of the batch go on */
  constructor(commands: ReadonlyMap<string, Command>, failed: (command: string, error: unknown) => void) {
    this.#commands = commands;
    this.#failed = failed;
  }

  /** @throws Problem when it is no batch at all: then nothing was done */
  async run(input: JsonValue, call: Call): Promise<Readonly<{ answers: readonly BatchAnswer[] }>> {
    const members = readMembers(input);
    const answers: BatchAnswer[] = [];
    let isAway = false;
    for (const [index, member] of members.entries()) {
      try {
        if (isAway) throw new Problem('not_tried', 'an earlier command met Redis away: nothing was done');
        answers.push({ result: await this.#runOne(member, index, call) });
      } catch (error) {
        isAway ||= error instanceof BrokerUnavailable;
        answers.push({ problem: this.#told(member, error).body });
      }
    }
    return { answers };
  }

  async #runOne(member: JsonValue, index: number, call: Call): Promise<unknown> {
    const [name, input, ...rest] = isJsonObject(member) ? Object.entries(member).flat() : [];
    const command = typeof name === 'string' ? this.#commands.get(name) : undefined;
    if (command === undefined || input === undefined || rest.length > 0) {
      const known = [...this.#commands.keys()].join(', ');
      throw new Problem(
        'invalid_field',
        `commands[${index}]: must be an object with one of ${known}`,
        `commands[${index}]`,
      );
    }
    const field = `commands[${index}].${command.name}`;
    if (Buffer.byteLength(JSON.stringify(input)) > MAX_FRAME_BYTES) {
      throw new Problem('too_large', `${field}: a command may have at most 64 KiB`, field);
    }
    checkScope(command, call.caller);
    // A batch that is asked for again with its key is done once, each publish by itself.
    const key = call.idempotencyKey === undefined ? undefined : `${call.idempotencyKey}/${index}`;
    try {
      return await command.run(input, { ...call, idempotencyKey: key });
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'invalid_field') throw error;
      const inside = error.field === undefined ? field : `${field}.${error.field}`;
      throw new Problem('invalid_field', `commands[${index}].${command.name}: ${error.message}`, inside);
    }
  }

  #told(member: JsonValue, error: unknown): Problem {
    const told = problemOf(error);
    if (told !== undefined) return told;
    this.#failed(isJsonObject(member) ? (Object.keys(member)[0] ?? '') : '', error);
    return new Problem('internal', 'the server failed at this command; whether it was done is not known');
  }
}

const readMembers = (input: JsonValue): readonly JsonValue[] => {
  const members = isJsonObject(input) ? input['commands'] : undefined;
  if (!isList(members) || members.length === 0 || members.length > MAX_COMMANDS) {
    throw new Problem('invalid_field', `commands: ${WANTED}`, 'commands');
  }
  return members;
};

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

/** What a batch of these commands is, and what it answers, for the OpenAPI document. */
export const batchSchemas = (commands: readonly Command[]) => ({
  request: z.strictObject({
    commands: z
      .array(z.union(commands.map(({ name, request }) => z.strictObject({ [name]: request }))))
      .min(1)
      .max(MAX_COMMANDS),
  }),
  answer: z.object({
    answers: z.array(
      z.union([z.object({ result: z.union(commands.map(({ answer }) => answer)) }), z.object({ problem })]),
    ),
  }),
});
