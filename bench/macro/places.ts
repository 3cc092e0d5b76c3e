import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where this was built. */
export const dist = fileURLToPath(new URL('../..', import.meta.url));
/** The checkout that it was built from. */
export const root = resolve(dist, '..');
export const CLIENT_SOURCES = join(root, 'bench/macro/client');
export const RESULTS = join(root, 'bench/results');
export const REFERENCE = join(root, 'bench/reference.json');
