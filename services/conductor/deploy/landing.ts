import { get } from 'node:http';
import type { Color } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import { ownHeaders, publicUrl, type Site } from '../site.js';
import { Probe, socketUrl } from '../smoke/probe.js';
import { colorThroughTls } from '../tls/color-through-tls.js';
import { until } from '../waiting.js';
import { PATIENCE_MS, TroubleWatch } from './trouble.js';

const LANDING_MS = 10_000;
/** One look: a front worker that is going may still take it to a worker that hangs, and it must not use up the ten seconds. */
const LOOK_MS = 1_500;
/** New connections in a row that must all land on the color. */
const HTTP_IN_A_ROW = 10;
const SOCKETS = 4;

type Headers = Readonly<Record<string, string>>;

/**
 * @throws {Failure} when new connections through the front do not all reach `color` within ten seconds, or when a
 * worker of `color` is out of order for longer than `patienceMs`
 */
export const awaitLanding = async (
  site: Site,
  color: Color,
  signal?: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<void> => {
  let seen = 'nothing';
  const trouble = new TroubleWatch(site, color, patienceMs);
  const certificate = await site.engine.certificate();
  const landed = await until(
    LANDING_MS,
    async () => {
      if (!(await trouble.look())) return undefined;
      for (let count = 0; count < HTTP_IN_A_ROW; count += 1) {
        seen = await colorOfNewConnection(`${publicUrl(site)}/version`, ownHeaders(site));
        if (seen !== color) return undefined;
      }
      // An old front worker may still accept for a moment: then everything is looked at again.
      for (let count = 0; count < SOCKETS; count += 1) {
        seen = await colorOfNewSocket(socketUrl({ url: publicUrl(site) }, '/ws'), ownHeaders(site));
        if (seen !== color) return undefined;
      }
      if (certificate !== undefined) {
        seen = await colorThroughTls(site.settings.stack.HTTPS_PORT, certificate, ownHeaders(site), LOOK_MS);
        if (seen !== color) return undefined;
      }
      return (await trouble.look()) ? true : undefined;
    },
    signal === undefined ? {} : { signal },
  );
  if (!landed) throw new Failure(`new connections do not land on ${color}: the last one met ${seen}`);
};

/** The color that welcomes, or in words why none does. */
const colorOfNewSocket = async (url: string, headers: Headers): Promise<string> => {
  try {
    const probe = await Probe.open(url, headers, LOOK_MS);
    probe.close();
    return probe.welcome.color;
  } catch (error) {
    return messageOf(error);
  }
};

/** The color that answers, or in words why none does. */
const colorOfNewConnection = (url: string, headers: Headers): Promise<string> =>
  new Promise((resolve) => {
    const request = get(url, { agent: false, headers, signal: AbortSignal.timeout(LOOK_MS) }, (response) => {
      response.resume();
      const header = response.headers['x-color'];
      response.on('close', () => resolve(typeof header === 'string' ? header : `status ${response.statusCode ?? 0}`));
    });
    request.on('error', (error) => {
      resolve(error.name === 'AbortError' ? `no answer within ${LOOK_MS / 1_000} s` : error.message);
    });
  });
