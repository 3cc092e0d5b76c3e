import { get } from 'node:http';
import type { Color, WorkerProcess } from '../engines/engine.js';
import { Failure, messageOf } from '../failure.js';
import { clientOf, ownHeaders, publicUrl, type Site } from '../site.js';
import { Probe, socketUrl } from '../smoke/probe.js';
import { until } from '../waiting.js';
import { nameOf } from '../worker-client.js';

const LANDING_MS = 10_000;
/** A worker that has been out of order for so long is not just being asked at a bad moment. */
const TROUBLE_MS = 1_000;
/** New connections in a row that must all land on the color. */
const HTTP_IN_A_ROW = 10;
const SOCKETS = 4;

type Headers = Readonly<Record<string, string>>;
type Trouble = Readonly<{ worker: WorkerProcess; why: string }>;

/**
 * @throws {Failure} when new connections through the front do not all reach `color` within ten seconds, or when a
 * worker of `color` is out of order for one
 */
export const awaitLanding = async (site: Site, color: Color, signal?: AbortSignal): Promise<void> => {
  let seen = 'nothing';
  let healthyAt = performance.now();
  const landed = await until(
    LANDING_MS,
    async () => {
      const trouble = await findTrouble(site, color);
      if (trouble === undefined) healthyAt = performance.now();
      else if (performance.now() - healthyAt >= TROUBLE_MS) throw failureOf(trouble);
      else return undefined;
      for (let count = 0; count < HTTP_IN_A_ROW; count += 1) {
        seen = await colorOfNewConnection(`${publicUrl(site)}/version`, ownHeaders(site));
        if (seen !== color) return undefined;
      }
      // An old front worker may still accept for a moment: then everything is looked at again.
      for (let count = 0; count < SOCKETS; count += 1) {
        seen = await colorOfNewSocket(socketUrl({ url: publicUrl(site) }, '/ws'), ownHeaders(site));
        if (seen !== color) return undefined;
      }
      return true;
    },
    signal === undefined ? {} : { signal },
  );
  if (!landed) throw new Failure(`new connections do not land on ${color}: the last one met ${seen}`);
  const trouble = await findTrouble(site, color);
  if (trouble !== undefined) throw failureOf(trouble);
};

const findTrouble = async (site: Site, color: Color): Promise<Trouble | undefined> => {
  for (const worker of await site.engine.workers(color)) {
    if (worker.state === 'failed') return { worker, why: worker.why };
    const readiness = await clientOf(site, worker).readiness();
    if (readiness.state !== 'ready') return { worker, why: readiness.why };
  }
  return undefined;
};

const failureOf = ({ worker, why }: Trouble): Failure =>
  new Failure(`${nameOf(worker)} broke down after the switch: ${why}`, { worker });

/** The color that welcomes, or in words why none does. */
const colorOfNewSocket = async (url: string, headers: Headers): Promise<string> => {
  try {
    const probe = await Probe.open(url, headers);
    probe.close();
    return probe.welcome.color;
  } catch (error) {
    return messageOf(error);
  }
};

/** The color that answers, or in words why none does. */
const colorOfNewConnection = (url: string, headers: Headers): Promise<string> =>
  new Promise((resolve) => {
    const request = get(url, { agent: false, headers, signal: AbortSignal.timeout(LANDING_MS) }, (response) => {
      response.resume();
      const header = response.headers['x-color'];
      response.on('close', () => resolve(typeof header === 'string' ? header : `status ${response.statusCode ?? 0}`));
    });
    request.on('error', (error) => resolve(error.message));
  });
