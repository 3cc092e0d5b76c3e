import type { ClusterSamples } from '../../broker/cluster-samples.js';
import type { Journal } from '../../broker/journal.js';
import type { RevocationStore } from '../../broker/revocation-store.js';
import type { Cluster } from '../../cluster/cluster.js';
import type { WorkerIdentity } from '../../cluster/identity.js';
import type { Hub } from '../../hub/hub.js';
import type { Presence } from '../../hub/presence.js';
import type { Revocations } from '../../identity/revocations.js';
import type { Connections } from '../../lifecycle/connections.js';
import { SharedAttempts } from '../../limits/shared-attempts.js';
import type { Logger } from '../../observability/logger.js';
import type { HttpRoute } from '../../transport/http.js';
import type { WebSocketRoute } from '../../transport/socket.js';
import type { EndpointContext } from '../context.js';
import { Access, type AccessOptions } from './access.js';
import { clusterRoutes } from './cluster-routes.js';
import { connectionRoutes } from './connection-routes.js';
import { Desk } from './desk.js';
import { dismissalRoutes } from './dismissal-routes.js';
import { Dismissals } from './dismissals.js';
import { AdminEvents } from './events.js';
import { adminLiveEndpoint } from './live.js';
import { coveredRoute } from './guard.js';
import { LiveFeed } from './live-feed.js';
import { loginRoutes } from './login-routes.js';
import { Logouts } from './logouts.js';
import { Past } from './past.js';
import { Peers } from './peers.js';
import { presenceRoute } from './presence-route.js';
import type { RateMeter } from './rates.js';

export type AdminOptions = AccessOptions &
  Readonly<{
    identity: WorkerIdentity;
    cluster: Cluster;
    samples: ClusterSamples;
    /** Of the samples. */
    rates: RateMeter;
    journal: Journal;
    connections: Connections;
    hub: Hub;
    presence: Presence;
    logger: Logger;
    revocations: Revocations;
    revocationStore: RevocationStore;
    /** How long it is kept what was taken back, ms. */
    keepRevocationsMs: number;
  }>;

/** What is behind the admin page, of one worker. */
export class Admin {
  readonly feed: LiveFeed;
  readonly routes: readonly HttpRoute[];
  readonly dismissals: Dismissals;
  /** The desks of all workers. */
  readonly peers: Peers;
  readonly #access: Access;

  constructor(options: AdminOptions) {
    const { identity, cluster, samples, rates, connections, hub, logger, revocations } = options;
    const { statistics, messages, others } = cluster;
    const { workerId, color, worker } = identity;
    this.#access = new Access(options);
    const past = new Past(samples, options.journal);
    this.feed = new LiveFeed(statistics, past, rates, `${color}-${worker}`);
    this.peers = new Peers(new Desk(identity, connections, hub, revocations), workerId, messages);
    const events = new AdminEvents(others, logger, past, (event) => this.feed.happened(event));
    this.dismissals = new Dismissals(
      statistics,
      this.peers,
      events,
      options.revocationStore,
      options.keepRevocationsMs,
    );
    const { feed, peers } = this;
    const shared = { access: this.#access, statistics, peers };
    this.routes = [
      ...loginRoutes(this.#access, new SharedAttempts(others, 'admin-login'), new Logouts(others, this.feed), logger),
      ...connectionRoutes({ ...shared, events }),
      ...dismissalRoutes({ access: this.#access, dismissals: this.dismissals }),
      ...clusterRoutes({ ...shared, notices: feed.notices }),
      presenceRoute(this.#access, options.presence),
    ];
  }

  /** The same route for those who logged in, and for the stack itself. */
  cover(route: HttpRoute): HttpRoute {
    return coveredRoute(this.#access, route);
  }

  live(context: EndpointContext): WebSocketRoute {
    return adminLiveEndpoint(context, this.#access, this.feed);
  }
}
