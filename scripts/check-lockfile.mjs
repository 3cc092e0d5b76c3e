// Fails where the lockfile would let npm install something that it can't check: a package without a strong integrity
// hash, or from another place than the registry.
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const installed = Object.entries(packages).filter(([path, { link }]) => path !== '' && link !== true);
const loose = installed.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity));
const elsewhere = installed.filter(([, { resolved }]) => resolved !== undefined);
for (const [path] of loose) process.stderr.write(`package-lock.json: ${path} has no sha512 integrity\n`);
for (const [path] of elsewhere) process.stderr.write(`package-lock.json: ${path} names the place it comes from\n`);
if (loose.length + elsewhere.length > 0) process.exitCode = 1;
else process.stdout.write(`package-lock.json: ${installed.length} packages, each with its integrity\n`);
