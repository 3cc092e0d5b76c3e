import { WebSocket } from 'ws';
import { SignJWT } from 'jose';
import { spawn } from 'node:child_process';
const SECRET = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const child = spawn(process.execPath, ['dist/services/gateway/main.js'], {
  env: {
    PORT: '22555',
    HOST: '127.0.0.1',
    DRAIN_GRACE: '0.1',
    REDIS_URL: 'redis://127.0.0.1:22079',
    ...(process.env.TR ? { RATE_LIMIT_TRUSTED: '127.0.0.0/8' } : { RATE_LIMIT_CONNECTIONS_PER_WINDOW: '100000' }),
    JWT_SECRET: SECRET,
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let log = '';
child.stdout.on('data', (d) => (log += d));
for (;;) {
  try {
    const r = await fetch('http://127.0.0.1:22555/readyz');
    if (r.ok) break;
  } catch {}
  await new Promise((r) => setTimeout(r, 20));
}
const token = await new SignJWT({ sub: 'ada' })
  .setProtectedHeader({ alg: 'HS256' })
  .setExpirationTime('1h')
  .sign(new TextEncoder().encode(SECRET));
const N = Number(process.argv[2] ?? 500),
  mode = process.argv[3] ?? 'terminate';
await new Promise((r) => setTimeout(r, Number(process.env.HOLD ?? 0) * 1000));
const c = {};
let over = false;
const http = process.env.HTTP
  ? Array.from({ length: Number(process.env.HTTP) }, async () => {
      while (!over)
        await fetch('http://127.0.0.1:22555' + (process.env.PATHH ?? '/healthz'))
          .then((r) => r.text())
          .catch(() => {});
    })
  : [];
const loop = async () => {
  for (let i = 0; i < N; i++) {
    const r = await new Promise((res) => {
      const w = new WebSocket('ws://127.0.0.1:22555/ws', { headers: { authorization: 'Bearer ' + token } });
      w.on('message', () => {
        res('welcome');
        if (mode === 'terminate') w.terminate();
        else if (mode === 'close') w.close();
      });
      w.on('close', (x) => res('close ' + x));
      w.on('unexpected-response', (q, r) => res(r.statusCode));
      w.on('error', (e) => res('err ' + e.message));
    });
    c[r] = (c[r] ?? 0) + 1;
  }
};
await Promise.all(Array.from({ length: Number(process.env.PAR ?? 1) }, loop));
over = true;
console.log(mode, JSON.stringify(c));
console.log(log.split('\n').filter((l) => l.includes('"lost"')).length, 'lost lines');
child.kill('SIGKILL');
process.exit(0);
