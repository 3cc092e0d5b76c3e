import { once } from 'node:events';
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

/** The port is taken or may not be bound. */
export class PortRefused extends Error {
  override readonly name = 'PortRefused';
}

/** Resolves with the port; with `port` 0 any free one. @throws PortRefused */
export const listen = async (server: Server, host: string, port: number): Promise<number> => {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const words = `can't listen on HOST ${host}, PORT ${port}: it is taken, or may not be bound by this user (${code})`;
    throw new PortRefused(words, { cause: error });
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
};
