// Says how large the client library is for a browser, and fails over its limit.
import { gzipSync } from 'node:zlib';
import { bundleClient } from './bundle.mjs';

const LIMIT = 8 * 1024;

const code = bundleClient();
const zipped = gzipSync(code, { level: 9 }).length;
process.stdout.write(`client library: ${code.length} bytes minified, ${zipped} with gzip (limit ${LIMIT})\n`);
if (zipped > LIMIT) {
  process.stderr.write('size: the client library is over its limit\n');
  process.exitCode = 1;
}
