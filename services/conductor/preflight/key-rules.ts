import type { Finding, Rule } from './facts.js';

type Settings = Readonly<Record<string, string | undefined>>;

const THROUGH = 'REPLACE_KEYS=1 means it';

/** Tokens and keys that are good on the color that runs are good on the next one: else its clients are refused as they are moved. */
export const keysStayGood: Rule = ({ keys }) => {
  if (keys === undefined || keys.mayBeReplaced) return undefined;
  const { before, after } = keys;
  const words = [
    ...['JWT_SECRET', 'JWT_PUBLIC_KEY'].map((name) => lostKey(name, before, after)),
    ...['JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'].map((name) => otherDemand(name, before, after)),
    lostApiKeys(before, after),
  ].filter((line) => line !== undefined);
  return words.length === 0 ? undefined : ({ kind: 'clash', words: words.join('\n') } satisfies Finding);
};

const lostKey = (name: string, before: Settings, after: Settings): string | undefined => {
  const key = before[name];
  const previous = `${name}_PREVIOUS`;
  if (key === undefined || after[name] === key || after[previous] === key) return undefined;
  const what = after[name] === undefined ? 'is taken away' : 'changes';
  return (
    `${name} ${what}, and ${previous} is not the one that runs: clients with tokens of that one would be refused as they are moved. ` +
    `Give it as ${previous} too (docs/OPERATIONS.md, "Changing a key"); ${THROUGH}`
  );
};

/** Where tokens were judged before, and would be by something else. */
const otherDemand = (name: string, before: Settings, after: Settings): string | undefined => {
  const isJudged = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWKS_URL'].some((source) => before[source] !== undefined);
  if (!isJudged || before[name] === after[name]) return undefined;
  // Less is asked of a token then: none is refused for it.
  if (after[name] === undefined && name !== 'JWKS_URL') return undefined;
  // One more place of keys.
  if (before[name] === undefined && name === 'JWKS_URL') return undefined;
  return `${name} ${after[name] === undefined ? 'is taken away' : 'is another one'}: clients with tokens that are good now would be refused as they are moved; ${THROUGH}`;
};

const lostApiKeys = (before: Settings, after: Settings): string | undefined => {
  const kept = new Set(entriesOf(after).map(({ key }) => key));
  const lost = entriesOf(before).filter(({ key }) => !kept.has(key));
  if (lost.length === 0) return undefined;
  return `API_KEYS has no longer the key of ${lost.map(({ name }) => name).join(', ')}: requests with it would be refused; ${THROUGH}`;
};

/** `name:key:scopes`, separated by commas. */
const entriesOf = ({ API_KEYS: text = '' }: Settings): readonly Readonly<{ name: string; key: string }>[] =>
  text
    .split(',')
    .map((entry) => entry.trim().split(':'))
    .flatMap(([name, key]) => (name === undefined || key === undefined ? [] : [{ name, key }]));
