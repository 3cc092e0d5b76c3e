import { Failure } from '../failure.js';
import { metricsUrl, ownHeaders, type Site } from '../site.js';

/** The metrics of the whole cluster. @throws {Failure} */
export const metricsText = async (site: Site): Promise<string> => {
  const url = metricsUrl(site);
  try {
    const response = await fetch(url, { headers: ownHeaders(site), signal: AbortSignal.timeout(5_000) });
    if (response.ok) return (await response.text()).trimEnd();
    throw new Failure(`${url} answered ${response.status}`);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${url} does not answer: "make dev-up" starts the stack`, { cause: error });
  }
};
