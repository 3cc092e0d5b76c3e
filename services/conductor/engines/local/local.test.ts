import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { releaseIn, renderColorPrograms } from './color-programs.js';
import { layoutOf } from './layout.js';
import { ownerOf, takenMessage, tryPort } from './ports.js';
import { assignment, fill } from './templates.js';
import { decodeAnswer, encodeCall, Fault } from './xml-rpc.js';

describe('ports', () => {
  test('a port that is taken, and who has it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await tryPort(port, '127.0.0.1')).toBe('taken');
    expect(ownerOf(port)?.pid).toBe(process.pid);
    server.close();
    await once(server, 'close');
    expect(await tryPort(port, '127.0.0.1')).toBe('free');
  });

  test('the message names port, process and the two ways out', () => {
    const taken = { port: 8102, setting: 'GREEN_PORT_BASE', use: 'green worker 2' } as const;
    expect(takenMessage(taken, { pid: 7, command: 'python3 -m http.server' })).toBe(
      [
        'port 8102 for green worker 2 is taken by pid 7 (python3 -m http.server). Two ways out:',
        '  free it:  kill 7',
        '  move us:  GREEN_PORT_BASE=<another base> make dev-up',
      ].join('\n'),
    );
    const proxy = { pid: 9, command: '/usr/sbin/docker-proxy -proto tcp -host-ip 127.0.0.1 -host-port 80' };
    const ofContainer = takenMessage({ port: 80, setting: 'HTTP_PORT', use: 'nginx' }, proxy);
    expect(ofContainer).toContain('is taken by a container.');
    expect(ofContainer).toContain('docker ps --filter publish=80');
    expect(ofContainer).not.toContain('kill 9');
    expect(takenMessage({ port: 80, setting: 'HTTP_PORT', use: 'nginx' }, undefined)).toContain(
      "ss -ltnp 'sport = :80'",
    );
  });
});

test('a socket path that is too long for a unix socket is a short one under /tmp', () => {
  expect(layoutOf('/c', '/run/a').socket).toBe('/run/a/supervisor/supervisor.sock');
  const long = layoutOf('/c', `/run/${'a'.repeat(90)}`).socket;
  expect(long).toMatch(/^\/tmp\/switchyard-[0-9a-f]{12}\/supervisor\.sock$/);
  expect(layoutOf('/c', `/run/${'b'.repeat(90)}`).socket).not.toBe(long);
});

describe('templates', () => {
  test('every placeholder is filled, an unknown one is an error', () => {
    expect(fill('a ${ONE} $b ${TWO}', { ONE: 1, TWO: 'two' })).toBe('a 1 $b two');
    expect(() => fill('${NOBODY}', {})).toThrow('${NOBODY}');
  });

  test('values for supervisord: quotes are chosen, percent signs doubled, what can not be written is refused', () => {
    expect(assignment('A', 'b,c 100%')).toBe('A="b,c 100%%"');
    expect(assignment('A', 'say "x" now')).toBe(`A='say "x" now'`);
    expect(() => assignment('A', `both ' and "`)).toThrow('A: a value');
    expect(() => assignment('A', 'two\nlines')).toThrow('A: a value');
  });

  test('a color has one program a worker, each with its own port and name', () => {
    const text = renderColorPrograms({
      color: 'green',
      workers: [
        { name: '1', port: 8101 },
        { name: '2', port: 8102 },
      ],
      node: '/usr/bin/node',
      releaseDirectory: '/run/releases/r1',
      user: 'nobody',
      logDirectory: '/run/logs',
      stopSeconds: 13,
      environment: { RELEASE: 'r1' },
    });
    expect(text).toContain('[group:green]\nprograms=green-1,green-2');
    expect(text).toContain('environment=RELEASE="r1",COLOR="green",WORKER="2",PORT="8102",HOST="127.0.0.1"');
    expect(text).toContain('command="/usr/bin/node" "/run/releases/r1/dist/services/gateway/main.js"');
    expect(text).toContain('stopwaitsecs=13');
    expect(text.match(/^user=nobody$/gm)).toHaveLength(2);
    expect(releaseIn(text)).toBe('r1');
    expect(releaseIn('')).toBeUndefined();
  });
});

describe('XML-RPC', () => {
  const answer = (value: string): string =>
    `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>${value}</value>\n</param>\n</params>\n</methodResponse>`;

  test('a call', () => {
    expect(encodeCall('supervisor.stop', ['a<&>', true])).toContain(
      '<methodName>supervisor.stop</methodName><params><param><value><string>a&lt;&amp;&gt;</string></value></param>' +
        '<param><value><boolean>1</boolean></value></param></params>',
    );
  });

  test('answers of every kind', () => {
    expect(decodeAnswer(answer('<string>a &lt;b&gt; &amp;amp;</string>'))).toBe('a <b> &amp;');
    expect(decodeAnswer(answer('<string></string>'))).toBe('');
    expect(decodeAnswer(answer('<int>42</int>'))).toBe(42);
    expect(decodeAnswer(answer('<boolean>1</boolean>'))).toBe(true);
    const struct =
      '<struct>\n<member>\n<name>name</name>\n<value><string>x</string></value>\n</member>\n' +
      '<member>\n<name>pid</name>\n<value><int>7</int></value>\n</member>\n</struct>';
    expect(
      decodeAnswer(answer(`<array><data>\n<value>${struct}</value>\n<value>${struct}</value>\n</data></array>`)),
    ).toEqual([
      { name: 'x', pid: 7 },
      { name: 'x', pid: 7 },
    ]);
    expect(decodeAnswer(answer('<array><data>\n</data></array>'))).toEqual([]);
  });

  test('a fault', () => {
    const fault =
      '<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>10</int></value></member>' +
      '<member><name>faultString</name><value><string>BAD_NAME: x</string></value></member></struct></value></fault></methodResponse>';
    expect(() => decodeAnswer(fault)).toThrow(Fault);
    expect(() => decodeAnswer(fault)).toThrow('BAD_NAME: x');
  });
});
