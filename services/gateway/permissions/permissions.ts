import type { ChannelName } from '../../protocol/ids.js';
import { matches } from '../identity/channel-pattern.js';
import { identityOf, type Principal } from '../identity/principal.js';
import { OTHERS, type Audience, type ChannelAction, type Namespace } from './namespaces.js';

const MAY: Readonly<Record<ChannelAction, string>> = {
  subscribe: 'subscribe',
  publish: 'publish',
  history: 'read its history',
  presence: 'see who is there',
};
const WHO: Readonly<Record<Exclude<Audience, 'anyone'>, string>> = {
  token: 'only clients with a token',
  granted: 'only clients whose token names it in channels',
  owner: 'only the client it is named for, by its token,',
  nobody: 'no client',
};

/** What clients may do in channels [channel-1]: one function for whatever they ask, over whatever they ask it. */
export class Permissions {
  readonly #namespaces: readonly Namespace[];

  /** @param namespaces the longest prefix first; the last one has none */
  constructor(namespaces: readonly Namespace[]) {
    this.#namespaces = namespaces;
  }

  /** Why the client may not, with the rule that says so; undefined: it may. */
  refusal(principal: Principal, action: ChannelAction, channel: ChannelName): string | undefined {
    if (principal.kind === 'operator') return undefined;
    const namespace = this.#namespaces.find(({ prefix }) => isIn(prefix, channel));
    if (namespace === undefined) throw new Error(`${channel} is in no namespace`);
    const list = identityOf(principal)?.channels[action === 'publish' ? 'publish' : 'subscribe'];
    const isNamed = list?.some((pattern) => matches(pattern, channel));
    const audience = namespace[action];
    if (audience !== 'anyone' && !isOf(audience, principal, namespace, channel, isNamed === true)) {
      const rule = namespace.prefix === '' ? OTHERS : namespace.prefix;
      return `${channel}: ${WHO[audience]} may ${MAY[action]} (rule "${rule}" of the namespaces)`;
    }
    // A list allows nothing beside what it names [channel-2].
    return isNamed === false ? `${channel}: the channels of the token do not let it ${MAY[action]}` : undefined;
  }
}

const isIn = (prefix: string, channel: ChannelName): boolean =>
  prefix === '' || prefix.endsWith(':') ? channel.startsWith(prefix) : channel === prefix;

const isOf = (
  audience: Exclude<Audience, 'anyone'>,
  principal: Principal,
  { prefix }: Namespace,
  channel: ChannelName,
  isNamed: boolean,
): boolean => {
  switch (audience) {
    case 'token':
      return principal.kind === 'token';
    case 'granted':
      return isNamed;
    case 'owner': {
      const [owner] = channel.slice(prefix.length).split(':', 1);
      return identityOf(principal)?.clientId === owner;
    }
    case 'nobody':
      return false;
    default:
      return audience satisfies never;
  }
};
