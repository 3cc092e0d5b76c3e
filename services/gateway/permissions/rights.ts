import type { ChannelName } from '../../protocol/ids.js';
import type { Principal } from '../identity/principal.js';
import type { ChannelAction } from './namespaces.js';
import type { Permissions } from './permissions.js';

/** Verdicts kept of one action; a client that asks about more channels than that begins anew. */
const MOST = 256;

type Verdicts = Map<ChannelName, string | undefined>;

/** What one connection may do, found out once for each channel: a publish looks it up. */
export class Rights {
  readonly #permissions: Permissions;
  #principal: Principal | undefined;
  /** Only of what is asked: there are many connections. */
  #verdicts: Partial<Record<ChannelAction, Verdicts>> = {};

  constructor(permissions: Permissions) {
    this.#permissions = permissions;
  }

  /** As `Permissions.refusal`. What was found out for another principal is forgotten. */
  refusal(principal: Principal, action: ChannelAction, channel: ChannelName): string | undefined {
    if (principal !== this.#principal) {
      this.#principal = principal;
      this.#verdicts = {};
    }
    const verdicts = (this.#verdicts[action] ??= new Map());
    const known = verdicts.get(channel);
    if (known !== undefined || verdicts.has(channel)) return known;
    const refusal = this.#permissions.refusal(principal, action, channel);
    if (verdicts.size >= MOST) verdicts.clear();
    verdicts.set(channel, refusal);
    return refusal;
  }
}
