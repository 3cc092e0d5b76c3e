import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure, messageOf } from '../../failure.js';
import { fileLimit } from '../../processes.js';
import { TOLD } from '../../run-directory.js';
import { removeStale } from '../local/parts/remove-stale.js';
import { replaceFile } from '../local/parts/replace-file.js';
import type { Color } from '../engine.js';
import { pointFront } from '../nginx-conf.js';
import { activeIn } from '../local/nginx.js';
import { textOf } from '../local/log-files.js';
import { readComposeSettings } from './config.js';
import { composeFiles, RUN_DIR } from './files.js';

const OWN = join(RUN_DIR, 'nginx');
/** The name of the container that has pointed nginx last. */
const ASKED_BY = join(OWN, 'active-by');

/** What runs first in a stack of containers: writes what the others read, and ends. They run as the same user as this. */
const configure = (): string => {
  const settings = readComposeSettings();
  const { files, folders } = composeFiles(process.cwd(), settings, fileLimit());
  mkdirSync(join(OWN, 'temp'), { recursive: true });
  // Where the exporter has what the conductor tells: a volume in this one.
  mkdirSync(join(RUN_DIR, TOLD), { recursive: true });
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, text, 0o600);
  }
  removeStale(folders, files);
  return `configured: ${files.length} files, ${settleColor(settings.ACTIVE_COLOR)} is active`;
};

/**
 * The color that gets new connections. A container that is only started again (`docker compose restart`) asks for nothing new: by
 * now the color may have been switched, and the one that it was made with have no workers.
 */
const settleColor = (asked: Color): Color => {
  const active = activeIn({ nginx: OWN });
  if (active !== undefined && textOf(ASKED_BY) === hostname()) return active;
  pointFront(OWN, asked);
  replaceFile(ASKED_BY, hostname(), 0o600);
  return asked;
};

const OTHER_IMAGE =
  'Where the checkout is newer than the image: "docker compose build". Else a volume was made by another user: "docker volume ls".';

const isDenied = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EROFS');

try {
  process.stdout.write(`${configure()}\n`);
} catch (error) {
  if (error instanceof Failure) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } else if (isDenied(error)) {
    process.stderr.write(`configure: ${messageOf(error)}. ${OTHER_IMAGE}\n`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
