import { layoutOf } from '../engines/local/layout.js';
import { Supervisor } from '../engines/local/supervisor.js';
import { readExporterConfig } from './config.js';
import { Look } from './look.js';
import { createExporter } from './server.js';

/** A trouble that stays is told once, not at each scrape. */
const warnOnce = (): ((words: string) => void) => {
  let last = '';
  return (words) => {
    if (words === last) return;
    last = words;
    process.stderr.write(`${new Date().toISOString()} ${words}\n`);
  };
};

const { port, certificate, runDir } = readExporterConfig();
const layout = layoutOf('', runDir);
const warn = warnOnce();
const look = new Look({ layout, supervisor: new Supervisor(layout.socket), certificate, warn });
const server = createExporter(look, warn);
server.listen(port, '127.0.0.1');
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
});
