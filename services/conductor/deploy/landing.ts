import { get } from 'node:http';
import type { Color } from '../engines/engine.js';
import { Failure } from '../failure.js';
import { publicUrl, type Site } from '../site.js';
import { Probe } from '../smoke/probe.js';
import { socketUrl } from '../smoke/smoke.js';
import { until } from '../waiting.js';

const LANDING_MS = 10_000;
/** New connections in a row that must all land on the color. */
const HTTP_IN_A_ROW = 10;
const SOCKETS = 4;

/** @throws {Failure} when new connections through the front do not all reach `color` within ten seconds */
export const awaitLanding = async (site: Site, color: Color, signal?: AbortSignal): Promise<void> => {
  const front = publicUrl(site);
  let seen = 'nothing';
  const landed = await until(
    LANDING_MS,
    async () => {
      for (let count = 0; count < HTTP_IN_A_ROW; count += 1) {
        seen = await colorOfNewConnection(`${front}/version`);
        if (seen !== color) return undefined;
      }
      return true;
    },
    signal === undefined ? {} : { signal },
  );
  if (!landed) throw new Failure(`new connections do not land on ${color}, the last one met ${seen}`);
  for (let count = 0; count < SOCKETS; count += 1) {
    const probe = await Probe.open(socketUrl({ url: front }, '/ws'));
    probe.close();
    if (probe.welcome.color !== color)
      throw new Failure(`a new WebSocket landed on ${probe.welcome.color}, not ${color}`);
  }
};

/** The color that answers, or in words why none does. */
const colorOfNewConnection = (url: string): Promise<string> =>
  new Promise((resolve) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(LANDING_MS) }, (response) => {
      response.resume();
      const header = response.headers['x-color'];
      response.on('close', () => resolve(typeof header === 'string' ? header : `status ${response.statusCode ?? 0}`));
    });
    request.on('error', (error) => resolve(error.message));
  });
