import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { StackSettings } from '../../settings.js';
import { Docker } from './docker.js';
import { dockerPath } from './testing/fake-docker.js';
import { imagesOf, whyNoContainers } from './whether.js';

/** A docker that answers by the words that it gets, as `case` of a shell has them. */
const dockerThat = (...cases: readonly string[]): Docker =>
  new Docker('.', { PATH: dockerPath(`case "$*" in\n${cases.join(' ;;\n')} ;;\nesac`) });
const said: string[] = [];
const why = (docker: Docker, stack: object = {}): Promise<string | undefined> => {
  const settings = StackSettings.parse(stack);
  return whyNoContainers(docker, { checkout: '.', settings, say: (line) => said.push(line) });
};
const WELL = ['"version "*) echo 28.0.1', '"compose version"*) echo v2.40.3', '"buildx "*)'];
const CONFIG =
  '*observability*) echo redis:8.0.6; echo grafana/grafana:12.3.1 ;;\n*"config --images") echo redis:8.0.6; echo switchyard:local';

test('the images that are needed: of others in compose.yml, and what ours stands on', () => {
  const dockerfile = readFileSync('infra/Dockerfile', 'utf8');
  expect(imagesOf('switchyard:local\nredis:8.0.6\nswitchyard:local\nredis:8.0.6\n', dockerfile)).toEqual([
    'debian:trixie-slim',
    'node:24-trixie-slim',
    'redis:8.0.6',
  ]);
});

test('why there can be no containers: TLS, or no docker', async () => {
  const nowhere = new Docker('.', { PATH: '/nowhere' });
  expect(await why(nowhere, { TLS_DIR: '/etc/tls' })).toContain('TLS_DIR is set');
  expect(await why(nowhere)).toContain('there is no docker');
});

test('a compose that is too old, lacks, or can not read compose.yml is a reason, and no end', async () => {
  expect(await why(dockerThat('"compose version"*) echo 2.6.0', '*)'))).toBe(
    'its compose is 2.6.0, and 2.24 or newer is needed',
  );
  expect(await why(dockerThat('"compose version"*) exit 1', '*)'))).toContain('docker has no compose');
  expect(await why(dockerThat(...WELL, '*) echo "services.nginx.ports: invalid" >&2; exit 15'))).toContain(
    '"docker compose config" failed:\n  services.nginx.ports: invalid',
  );
});

test('stand-ins of tests are told, and how they go; what is built on them is ours', async () => {
  said.length = 0;
  const listed = 'printf "redis:8.0.6\\nswitchyard:one\\n<none>:<none>\\ndebian:trixie-slim\\n"';
  expect(
    await why(dockerThat(...WELL, `*label=org.switchyard.stand-in*) ${listed}`, CONFIG, '"image "*) echo x')),
  ).toBeUndefined();
  expect(said).toEqual([
    'Stand-ins for tests are here under the names of real images, and are taken for them. This takes them away:',
    '  docker image rm --force debian:trixie-slim redis:8.0.6',
  ]);
});

test('an image that can not be had is a reason, with the one that Docker gave; of what watches it is a line', async () => {
  const denied = 'echo "net/http: TLS handshake timeout" >&2; exit 1';
  expect(await why(dockerThat(...WELL, CONFIG, `pull*) ${denied}`))).toContain(
    'the image debian:trixie-slim can\'t be had: "docker pull" failed:\n  net/http: TLS handshake timeout',
  );
  said.length = 0;
  const core = dockerThat(
    ...WELL,
    CONFIG,
    '*grafana/grafana:*) [ "$1" = image ] || { ' + denied + '; }',
    '*label=*) ;;\n"image "*) echo x',
  );
  expect(await why(core)).toBeUndefined();
  expect(said).toEqual([
    'Fetching grafana/grafana:12.3.1 …',
    expect.stringContaining("Of what watches, the image grafana/grafana:12.3.1 can't be had"),
  ]);
  said.length = 0;
  expect(await why(core, { OBSERVABILITY: 'off' })).toBeUndefined();
  expect(said).toEqual([]);
});
