// The floor: bare uWebSockets.js, which sends back what it is sent.
import { App, listen } from './uws.js';

App.ws('/*', {
  idleTimeout: 120,
  message: (socket, message, isBinary) => void socket.send(message, isBinary),
});
listen();
