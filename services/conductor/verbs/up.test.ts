import { expect, test } from 'vitest';
import { StackSettings } from '../settings.js';
import { addresses } from './up.js';

test.each([
  [{}, 'http://localhost:9080/admin  (password admin; ADMIN_PASSWORD=… sets yours)'],
  [{ ADMIN_PASSWORD: 'a secret' }, 'http://localhost:9080/admin  (password: your ADMIN_PASSWORD)'],
])('the admin page is named with its password only where nobody chose one', (given, line) => {
  const text = addresses({ stack: StackSettings.parse({ HTTP_PORT: 9080 }), worker_environment: given }, []);
  expect(text).toContain(line);
  expect(text).not.toContain('a secret');
});

test('who may connect is said', () => {
  const text = addresses({ stack: StackSettings.parse({ MODE: 'production' }), worker_environment: {} }, []);
  expect(text).toContain('production: clients with a token, pages of this address');
});

test('with TLS the addresses are those of TLS, on its port', () => {
  const stack = StackSettings.parse({ HTTP_PORT: 9080, TLS_DIR: '/certs', HTTPS_PORT: 9443 });
  const text = addresses({ stack, worker_environment: {} }, []);
  expect(text).toContain('https://localhost:9443/admin');
  expect(text).toContain('wscat -c wss://localhost:9443/ws/chat/');
  expect(addresses({ stack: { ...stack, HTTPS_PORT: 443 }, worker_environment: {} }, [])).toContain(
    'wss://localhost/ws ',
  );
});

test('in production the admin page is told of where it is, and has no password that is known', () => {
  const stack = StackSettings.parse({ MODE: 'production', METRICS_PORT: 9081 });
  const line = (over: Partial<StackSettings>, given = {}) =>
    /Admin page +(.*)/.exec(addresses({ stack: { ...stack, ...over }, worker_environment: given }, []))?.[1];
  expect(line({})).toBe('http://localhost:9081/admin  (closed: ADMIN_PASSWORD is not set)');
  expect(line({ EXPOSE_ADMIN: '1' }, { ADMIN_PASSWORD: 'mine' })).toBe(
    'http://localhost/admin  (password: your ADMIN_PASSWORD)',
  );
});
