import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import type { Socket } from 'node:net';

/** A TCP proxy in front of a server, for faults of the network that the server itself can't be asked for. */
export interface TcpProxy {
  readonly port: number;
  /** Where new connections lead from now on; undefined: nowhere. Those that stand stay where they are. */
  leadTo(port: number | undefined): void;
  /** From now on nothing that the server answers arrives, on connections that stand; requests still do. */
  swallowReplies(): void;
  /** Ends every connection that stands. New ones work. */
  cut(): void;
  /** Sends bytes to the server on each connection on which the client sent `marker`, as if the client had sent them. */
  inject(marker: string, bytes: string): void;
  stop(): Promise<void>;
}

type Connection = { readonly client: Socket; readonly server: Socket; sent: string; isMute: boolean };

export const startProxy = async (targetPort: number): Promise<TcpProxy> => {
  const connections = new Set<Connection>();
  let target: number | undefined = targetPort;
  const listening = createServer((client) => {
    if (target === undefined) {
      client.destroy();
      return;
    }
    const server = createConnection(target, '127.0.0.1');
    const connection: Connection = { client, server, sent: '', isMute: false };
    connections.add(connection);
    const end = (): void => {
      connections.delete(connection);
      client.destroySoon();
      server.destroySoon();
    };
    client.on('data', (bytes) => {
      connection.sent += bytes.toString('latin1');
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!connection.isMute) client.write(bytes);
    });
    for (const socket of [client, server]) socket.on('close', end).on('error', end);
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('no port to listen on');

  const cut = (): void => {
    for (const { client, server } of connections) {
      client.destroy();
      server.destroy();
    }
  };
  return {
    port: address.port,
    leadTo(port) {
      target = port;
    },
    swallowReplies() {
      for (const connection of connections) connection.isMute = true;
    },
    cut,
    inject(marker, bytes) {
      for (const { sent, server } of connections) if (sent.includes(marker)) server.write(bytes);
    },
    async stop() {
      const closed = once(listening, 'close');
      listening.close();
      cut();
      await closed;
    },
  };
};
