import { BROKER, FRONT } from '../engines/compose/files.js';
import { layoutOf } from '../engines/local/layout.js';
import { PARTS } from '../engines/local/parts/table.js';
import { Supervisor } from '../engines/local/supervisor.js';
import { readExporterConfig } from './config.js';
import { ContainerLook } from './container-look.js';
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

const { engine, host, port, certificate, runDir } = readExporterConfig();
const layout = layoutOf('', runDir);
const warn = warnOnce();
const look =
  engine === 'compose'
    ? new ContainerLook({ layout, parts: [BROKER, FRONT, ...PARTS.map(({ name }) => name)], warn })
    : new Look({ layout, supervisor: new Supervisor(layout.socket), certificate, warn });
const server = createExporter(look, warn);
server.listen(port, host);
const lateLines = new LateLines(layout);
const sending = setInterval(() => void lateLines.send(), SEND_EVERY_MS);
process.once('SIGTERM', () => {
  clearInterval(sending);
  server.closeAllConnections();
  server.close();
});
