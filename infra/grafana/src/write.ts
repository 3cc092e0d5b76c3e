import { writeFileSync } from 'node:fs';
import { dashboardFiles } from './dashboards.js';

for (const [file, text] of dashboardFiles()) {
  writeFileSync(file, text);
  process.stdout.write(`${file}\n`);
}
