// `node scripts/pack-release.mjs FOLDER` makes of the newest build what an image holds: a release, as a deploy copies one, and in
// `conductor` the conductor's parts that run in a container.
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DirectoryReleases } from '../dist/services/conductor/releases/releases.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder] = process.argv.slice(2);
const aside = mkdtempSync(join(tmpdir(), 'switchyard-pack-'));
const { id } = await new DirectoryReleases(aside, root).build(join(root, 'dist'));
for (const name of ['configure.cjs', 'exporter.cjs']) {
  cpSync(join(root, 'dist/services/conductor', name), join(aside, id, 'conductor', name));
}
// An image tells its release by its tag and its labels.
rmSync(join(aside, id, 'release.json'));
renameSync(join(aside, id), folder);
rmSync(aside, { recursive: true });
