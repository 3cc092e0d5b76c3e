import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../failure.js';
import { fileLimit } from '../../processes.js';
import { removeStale } from '../local/parts/remove-stale.js';
import { replaceFile } from '../local/parts/replace-file.js';
import { pointFront } from '../nginx-conf.js';
import { readComposeSettings } from './config.js';
import { composeFiles, RUN_DIR } from './files.js';

/** What runs first in a stack of containers: writes what the others read, and ends. They run as the same user as this. */
const configure = (): string => {
  const settings = readComposeSettings();
  const { files, folders } = composeFiles(process.cwd(), settings, fileLimit());
  mkdirSync(join(RUN_DIR, 'nginx/temp'), { recursive: true });
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, text, 0o600);
  }
  removeStale(folders, files);
  pointFront(join(RUN_DIR, 'nginx'), settings.ACTIVE_COLOR);
  return `configured: ${files.length} files, ${settings.ACTIVE_COLOR} is active`;
};

try {
  process.stdout.write(`${configure()}\n`);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
