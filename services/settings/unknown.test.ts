import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { KNOWN_NAMES } from '../conductor/config.js';
import { unknownSettings, unknownWords } from './unknown.js';

const checkout = resolve(import.meta.dirname, '../..');
const unknown = (...names: readonly string[]) =>
  unknownSettings(Object.fromEntries(names.map((name) => [name, '1'])), KNOWN_NAMES);

describe('unknownSettings', () => {
  it.each([
    ['RATE_LIMIT_MESSAGE_PER_WINDOW', 'RATE_LIMIT_MESSAGES_PER_WINDOW'],
    ['FP_WST_MAX_QUEUE', 'FP_WST_MAX_QUEUE_SIZE'],
    ['JWT_SECERT', 'JWT_SECRET'],
    ['DRAIN_TIMEOUTS', 'DRAIN_TIMEOUT'],
    ['HISTORY_MAXBYTES', 'HISTORY_MAX_BYTES'],
    ['ADMIN_PASSWROD', 'ADMIN_PASSWORD'],
    ['ALLOWED_ORIGIN', 'ALLOWED_ORIGINS'],
    ['TASK_WORKER', 'TASK_WORKERS'],
  ])('tells %s, and that %s is the nearest', (name, nearest) => {
    expect(unknown(name)).toEqual([{ name, nearest }]);
  });

  it('tells no name that images, shells, clusters and CI set', () => {
    const foreign = [
      'PATH HOME HOSTNAME TERM COLORTERM LS_COLORS HISTFILE HISTSIZE SESSION_MANAGER XDG_SESSION_ID MAIL LANG SHELL',
      'HTTP_PROXY HTTPS_PROXY NO_PROXY NODE_ENV NODE_OPTIONS NODE_VERSION npm_config_user_agent NGINX_VERSION NGINX_PORT',
      'REDIS_HOST REDIS_PASSWORD REDIS_VERSION REDIS_PORT_6379_TCP REDIS_SERVICE_PORT KUBERNETES_SERVICE_HOST',
      'WEBSOCKET_SERVICE_HOST GRAFANA_PORT_3000_TCP NAMESPACE SERVICE_PORT API_KEY API_URL LOG_FORMAT LOG_DIR TLS_CERTFILE',
      'CI GITHUB_TOKEN GITHUB_ACTIONS RUNNER_TEMP CI_JOB_TOKEN DOCKER_HOST COMPOSE_PROJECT_NAME SSH_AUTH_SOCK SUDO_USER',
    ].flatMap((line) => line.split(' '));
    expect(unknown(...foreign)).toEqual([]);
  });

  it('says it in words that hold no value', () => {
    const [first] = unknownSettings({ JWT_SECERT: 'a-value' }, KNOWN_NAMES);
    expect(first && unknownWords(first)).toBe(
      'JWT_SECERT is no setting and is not used; the nearest one is JWT_SECRET.',
    );
  });
});

test.each(['docs/OPERATIONS.md', 'compose.yml', '.env.example'])('no name that %s has is told', (file) => {
  const text = readFileSync(resolve(checkout, file), 'utf8');
  const names = [...text.matchAll(/(?<![\w-])[A-Z][A-Z\d]*(?:_[A-Z\d]+)+(?![\w*…])/g)].map(([name]) => name);
  expect(names).toContain('RATE_LIMIT_TRUSTED');
  expect(unknown(...names)).toEqual([]);
});
