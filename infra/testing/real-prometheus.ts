import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

export type RealPrometheus = Readonly<{ url: string; stop(): Promise<void> }>;

/** Prometheus of this machine, with its data in a folder that goes with it. It scrapes itself each second. */
export const startPrometheus = async (rules: object): Promise<RealPrometheus> => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-prometheus-'));
  const address = `127.0.0.1:${await freePort()}`;
  // JSON is YAML.
  writeFileSync(join(folder, 'rules.yml'), JSON.stringify(rules));
  writeFileSync(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'rules.yml')],
      scrape_configs: [{ job_name: 'prometheus', static_configs: [{ targets: [address] }] }],
    }),
  );
  const process = spawn(
    'prometheus',
    [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${address}`],
    { stdio: 'ignore' },
  );
  await once(process, 'spawn');
  const ended = once(process, 'exit');
  return {
    url: `http://${address}`,
    stop: async () => {
      process.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
