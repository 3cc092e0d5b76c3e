import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';

/** What becomes of a text of the server: the texts that the client gets in its place. */
export type Meddle = (text: string, connection: number) => readonly string[];

/** Stands before workers as nginx does, and changes to order what the server sends. */
export interface FrameProxy {
  readonly url: string;
  /** Where new connections go: `ws://host:port`. */
  target: string;
  /** Default: nothing. Connections count from 1. */
  meddle: Meddle;
  /** The next so many handshakes are answered with 503. */
  refuse: number;
  /** Ends a connection, or every one that stands, without a close frame. */
  cut(connection?: number): void;
  stop(): Promise<void>;
}

export const startFrameProxy = async (target: string): Promise<FrameProxy> => {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  /** Both ends of each connection, by its number. */
  const open = new Map<WebSocket, number>();
  let connections = 0;
  server.on('upgrade', (request, socket, head) => {
    if (proxy.refuse > 0) {
      proxy.refuse -= 1;
      // A client that has gone by then resets it; with an upgrade the server hears of its socket no more.
      socket.on('error', () => {});
      socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      connections += 1;
      const number = connections;
      const { authorization } = request.headers;
      const headers = authorization === undefined ? {} : { authorization };
      const upstream = new WebSocket(`${proxy.target}${request.url ?? ''}`, { headers });
      const opened = once(upstream, 'open');
      opened.catch(() => {});
      client.on('message', (data: Buffer) => {
        opened.then(
          () => upstream.send(data.toString()),
          // Its client has gone before.
          () => {},
        );
      });
      upstream.on('message', (data: Buffer) => {
        for (const text of proxy.meddle(data.toString(), number)) client.send(text);
      });
      client.on('close', () => upstream.close(1000));
      upstream.on('close', (code, reason) => (code === 1006 ? client.terminate() : client.close(code, reason)));
      for (const end of [client, upstream]) {
        open.set(end, number);
        end.on('error', () => {});
        end.on('close', () => open.delete(end));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port to listen on');
  const cut = (connection?: number): void => {
    for (const [socket, number] of open) if (number === (connection ?? number)) socket.terminate();
  };
  const proxy: FrameProxy = {
    url: `ws://127.0.0.1:${address.port}`,
    target,
    meddle: (text) => [text],
    refuse: 0,
    cut,
    async stop() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
};
