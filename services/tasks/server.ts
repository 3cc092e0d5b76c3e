import { createServer, type Server, type ServerResponse } from 'node:http';

/** What a task worker shows of itself. */
export type Shown = Readonly<{
  /** Why it takes no tasks, in words; undefined: it does. */
  trouble(): string | undefined;
  metrics: Readonly<{ contentType: string; text(): Promise<string> }>;
  warn(error: unknown): void;
}>;

/** `/healthz`, `/readyz` and `/metrics` of a task worker. */
export const createTasksServer = ({ trouble, metrics, warn }: Shown): Server => {
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    switch (path.replace(/\/$/, '')) {
      case '/healthz':
        return void response.end('ok\n');
      case '/readyz': {
        const why = trouble();
        return void response.writeHead(why === undefined ? 200 : 503).end(`${why ?? 'ready'}\n`);
      }
      case '/metrics':
        try {
          const text = await metrics.text();
          return void response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text);
        } catch (error) {
          warn(error);
          return void response.writeHead(503).end('Redis is away\n');
        }
      default:
        return void response.writeHead(404).end('not found: /healthz, /readyz, /metrics\n');
    }
  };
  return createServer((request, response) => void answer((request.url ?? '').split('?')[0] ?? '', response));
};
