import uWebSockets from 'uWebSockets.js';
import { port as wanted } from './config.js';

/** Its port is told as a worker tells its own. */
export const App = uWebSockets.App();

export const listen = (): void =>
  void App.listen('127.0.0.1', wanted(), (socket) => {
    if (socket === false) throw new Error('no port to listen on');
    const port = uWebSockets.us_socket_local_port(socket);
    process.stdout.write(`${JSON.stringify({ event: 'worker_started', port })}\n`);
  });
