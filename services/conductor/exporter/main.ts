import { layoutOf } from '../engines/local/layout.js';
import { Supervisor } from '../engines/local/supervisor.js';
import { readExporterConfig } from './config.js';
import { LateLines } from './late-lines.js';
import { Look } from './look.js';
import { createExporter } from './server.js';

const SEND_EVERY_MS = 5_000;

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
const lateLines = new LateLines(layout);
const sending = setInterval(() => void lateLines.send(), SEND_EVERY_MS);
process.once('SIGTERM', () => {
  clearInterval(sending);
  server.closeAllConnections();
  server.close();
});
