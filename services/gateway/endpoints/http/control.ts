import { isJsonObject, parseJson } from '../../../protocol/json.js';
import type { BusiestChannel } from '../../hub/busiest.js';
import type { MoveReason } from '../../lifecycle/connections.js';
import type { DrainStatus } from '../../lifecycle/drain.js';
import type { Pace } from '../../lifecycle/draining.js';
import type { Vitals } from '../../observability/vitals.js';
import { readDeployNotice, type DeployNotice } from '../admin/deploy-notices.js';
import { json, type HttpMethod, type HttpRequest, type HttpResponse, type HttpRoute } from '../../transport/http.js';

/** What a deploy may do to a worker. */
export interface Control {
  status(): Readonly<{
    worker_id: string;
    connections: number;
    drain: DrainStatus | null;
    vitals: Vitals;
    busiest_channel: BusiestChannel;
    /** It took the place of one of the same name and release that had not ended in order. */
    restarted: boolean;
  }>;
  /** Moves every connection away and keeps listening; again: at another pace. */
  drain(reason: MoveReason, pace: Pace): void;
  cancelDrain(): void;
  /** A deploy goes on: told on the admin pages. */
  deployNotice(notice: DeployNotice): void;
}

/** Only with the stack's token; served only where one is set, and nginx never passes these paths on. */
export const controlRoutes = (control: Control, isOperator: (authorization: string) => boolean): HttpRoute[] => {
  const route = (method: HttpMethod, path: string, act: (request: HttpRequest) => HttpResponse): HttpRoute => ({
    method,
    path,
    handle: (request) =>
      isOperator(request.header('authorization'))
        ? act(request)
        : json(401, { error: 'needs Authorization: Bearer <CONTROL_TOKEN>' }, { 'WWW-Authenticate': 'Bearer' }),
  });
  return [
    route('get', '/control/status', () => json(200, control.status())),
    route('post', '/control/drain', ({ body }) => {
      const order = readOrder(body);
      if (order === undefined) return json(400, { error: ORDER_WANTED });
      control.drain(order.reason, order.pace);
      return json(202, control.status());
    }),
    route('post', '/control/deploy', ({ body }) => {
      const notice = readDeployNotice(body);
      if (notice === undefined) return json(400, { error: NOTICE_WANTED });
      control.deployNotice(notice);
      return json(202, {});
    }),
    route('del', '/control/drain', () => {
      control.cancelDrain();
      return json(200, control.status());
    }),
  ];
};

const NOTICE_WANTED =
  'body must be {"verb", "from", "to", "release", "step", "state", "at"}; "moved", "left", "rate", "note", "cause", "acked" and "lost" may be given';
const ORDER_WANTED =
  'body must be {"reason":"deploy"} or {"reason":"rollback"}; "rate" (connections/s, above 0) and "hold_ms" (0 or more) may be given';

const readOrder = (body: string): Readonly<{ reason: MoveReason; pace: Pace }> | undefined => {
  const parsed = parseJson(body);
  if (!isJsonObject(parsed)) return undefined;
  const { reason, rate, hold_ms: holdMs = 0 } = parsed;
  if (reason !== 'deploy' && reason !== 'rollback') return undefined;
  if (rate !== undefined && !(typeof rate === 'number' && rate > 0)) return undefined;
  if (!(typeof holdMs === 'number' && holdMs >= 0)) return undefined;
  return { reason, pace: { rate, holdMs } };
};
