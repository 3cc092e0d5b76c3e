import type { ClusterSamples } from '../../broker/cluster-samples.js';
import type { Cluster } from '../../cluster/cluster.js';
import type { WorkerIdentity } from '../../cluster/identity.js';
import type { Hub } from '../../hub/hub.js';
import type { Connections } from '../../lifecycle/connections.js';
import type { Logger } from '../../observability/logger.js';
import type { HttpRoute } from '../../transport/http.js';
import type { WebSocketRoute } from '../../transport/socket.js';
import type { EndpointContext } from '../context.js';
import { Access, type AccessOptions } from './access.js';
import { clusterRoutes } from './cluster-routes.js';
import { connectionRoutes } from './connection-routes.js';
import { Desk } from './desk.js';
import { AdminEvents } from './events.js';
import { adminLiveEndpoint } from './live.js';
import { LiveFeed } from './live-feed.js';
import { loginRoutes } from './login-routes.js';
import { Peers } from './peers.js';

export type AdminOptions = AccessOptions &
  Readonly<{
    identity: WorkerIdentity;
    cluster: Cluster;
    samples: ClusterSamples;
    connections: Connections;
    hub: Hub;
    logger: Logger;
  }>;

/** What is behind the admin page, of one worker. */
export class Admin {
  readonly feed: LiveFeed;
  readonly routes: readonly HttpRoute[];
  /** The desks of all workers. */
  readonly peers: Peers;
  readonly events: AdminEvents;
  readonly #access: Access;

  constructor({ identity, cluster, samples, connections, hub, logger, ...secrets }: AdminOptions) {
    const { statistics, messages } = cluster;
    const { workerId, color, worker } = identity;
    this.#access = new Access(secrets);
    this.feed = new LiveFeed(statistics, samples, `${color}-${worker}`);
    this.peers = new Peers(new Desk(identity, connections, hub), workerId, messages);
    const others = async (): Promise<readonly string[]> =>
      (await statistics.read()).workers.map((lease) => lease.workerId).filter((id) => id !== workerId);
    this.events = new AdminEvents(messages, logger, others, (event) => this.feed.happened(event));
    const { feed, peers, events } = this;
    const shared = { access: this.#access, statistics, peers };
    this.routes = [
      ...loginRoutes(this.#access, logger),
      ...connectionRoutes({ ...shared, events }),
      ...clusterRoutes({ ...shared, notices: feed.notices }),
    ];
  }

  live(context: EndpointContext): WebSocketRoute {
    return adminLiveEndpoint(context, this.#access, this.feed);
  }
}
