import { isJsonObject, parseJson } from '../../../protocol/json.js';
import type { BusiestChannel } from '../../hub/busiest.js';
import type { MoveReason } from '../../lifecycle/connections.js';
import type { DrainStatus } from '../../lifecycle/drain.js';
import { json, type HttpMethod, type HttpRequest, type HttpResponse, type HttpRoute } from '../../transport/http.js';

/** What a deploy may do to a worker. */
export interface Control {
  status(): Readonly<{
    worker_id: string;
    connections: number;
    drain: DrainStatus | null;
    busiest_channel: BusiestChannel;
  }>;
  /** Moves every connection away and keeps listening. Idempotent. */
  drain(reason: MoveReason): void;
  cancelDrain(): void;
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
      const reason = readReason(body);
      if (reason === undefined)
        return json(400, { error: 'body must be {"reason":"deploy"} or {"reason":"rollback"}' });
      control.drain(reason);
      return json(202, control.status());
    }),
    route('del', '/control/drain', () => {
      control.cancelDrain();
      return json(200, control.status());
    }),
  ];
};

const readReason = (body: string): MoveReason | undefined => {
  const parsed = parseJson(body);
  if (!isJsonObject(parsed)) return undefined;
  const { reason } = parsed;
  return reason === 'deploy' || reason === 'rollback' ? reason : undefined;
};
