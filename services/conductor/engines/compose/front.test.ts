import { expect, test } from 'vitest';
import { generationsOf, isRetiring, takesConnections } from '../../processes.js';
import { frontProcessesIn } from './front.js';

const TOP = [
  'PID                 ELAPSED             COMMAND',
  '300                 90                  nginx: master process nginx -e stderr -c /run/switchyard/nginx/nginx.conf',
  '301                 60                  nginx: worker process is shutting down',
  '302                 61                  nginx: worker process is shutting down',
  '303                 30                  nginx: worker process is shutting down',
  '304                 5                   nginx: worker process',
  '305                 5                   nginx: worker process',
  '306                 1                   curl --silent http://127.0.0.1:8080/stub_status',
].join('\n');

test('the generations of nginx in a container, by the age of its workers', () => {
  const processes = frontProcessesIn(TOP);
  expect(processes).toHaveLength(6);
  const retiring = processes.filter(({ title }) => isRetiring(title));
  expect(generationsOf(retiring, ({ age }) => age).map((each) => each.length)).toEqual([2, 1]);
  expect(processes.filter(({ title }) => takesConnections(title))).toHaveLength(2);
});
