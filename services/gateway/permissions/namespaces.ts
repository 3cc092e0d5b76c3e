import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Config } from '../config/settings.js';
import { ConfigError } from '../config/together.js';
import { parseChannelName } from '../../protocol/ids.js';
import { repeatedName } from './repeated-name.js';

/**
 * Who may do something in the channels of a namespace. `token`: who has one; `granted`: whose token names the channel;
 * `owner`: the client whose name stands behind the prefix, by token.
 */
const AUDIENCES = ['anyone', 'token', 'granted', 'owner', 'nobody'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** What a client may want of a channel. */
export type ChannelAction = 'subscribe' | 'publish' | 'history' | 'presence';

export type Namespace = Readonly<Record<ChannelAction, Audience>> &
  Readonly<{
    /** Of its channels; empty: of all that are in no other. One without `:` at its end is the name of its only channel. */
    prefix: string;
  }>;

/** How the namespace of all other channels is called in the file. */
export const OTHERS = '*';

type Rule = Readonly<{
  subscribe: Audience;
  publish: Audience;
  history?: Audience | undefined;
  presence?: Audience | undefined;
}>;

/** What holds where no file says otherwise. What tasks were given and tell is no stranger's in production. */
const builtIn = (mode: Config['MODE']) => {
  const tasks: Rule = { subscribe: mode === 'production' ? 'granted' : 'anyone', publish: 'nobody' };
  return {
    [OTHERS]: { subscribe: 'anyone', publish: 'anyone' },
    'private:': { subscribe: 'granted', publish: 'granted' },
    'user:': { subscribe: 'owner', publish: 'owner' },
    'task:': tasks,
    tasks,
  } satisfies Record<string, Rule>;
};

const audience = z.enum(AUDIENCES, `must be one of ${AUDIENCES.join(', ')}`);
const rule = z.strictObject({
  subscribe: audience,
  publish: audience,
  history: audience.optional(),
  presence: audience.optional(),
});
const isPrefix = (text: string): boolean =>
  text === OTHERS || text === 'tasks' || (text.endsWith(':') && parseChannelName(text) !== undefined);
const rules = z.record(z.string().refine(isPrefix, `must end with ":", or be "${OTHERS}"`), rule);

/**
 * The namespaces of channels, the longest prefix first: those of the file, and of the built-in ones what it leaves alone.
 * NAMESPACES: JSON, by prefix: `{"news:": {"subscribe": "anyone", "publish": "nobody"}}`
 * @throws ConfigError with a line for each rule that is wrong
 */
export const readNamespaces = ({
  NAMESPACES: file,
  MODE,
}: Pick<Config, 'NAMESPACES' | 'MODE'>): readonly Namespace[] => {
  const all: Readonly<Record<string, Rule>> = { ...builtIn(MODE), ...(file === undefined ? {} : readFile(file)) };
  return Object.entries(all)
    .map(([prefix, { subscribe, publish, history = subscribe, presence = subscribe }]) => ({
      prefix: prefix === OTHERS ? '' : prefix,
      subscribe,
      publish,
      history,
      presence,
    }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
};

const readFile = (file: string): z.infer<typeof rules> => {
  const { data, error } = rules.safeParse(parse(file));
  if (data !== undefined) return data;
  const lines = error.issues.map(({ path: [prefix, action], message, ...issue }) => {
    const words = issue.code === 'invalid_key' ? issue.issues[0]?.message : message;
    const where =
      prefix === undefined ? '' : ` ${JSON.stringify(prefix)}${action === undefined ? '' : `.${String(action)}`}:`;
    return `NAMESPACES=${file}:${where} ${words}`;
  });
  throw new ConfigError(lines.join('\n'));
};

const parse = (file: string): unknown => {
  try {
    const text = readFileSync(file, 'utf8');
    const rulesOfFile: unknown = JSON.parse(text);
    const twice = repeatedName(text);
    if (twice === undefined) return rulesOfFile;
    throw new Error(`${JSON.stringify(twice)} is there twice`);
  } catch (error) {
    throw new ConfigError(`NAMESPACES=${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
};
