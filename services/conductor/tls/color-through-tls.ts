import { get } from 'node:https';
import { TLSSocket } from 'node:tls';

/**
 * The color that answers through TLS on this machine, or in words why none does. The certificate is known by its SHA-256
 * fingerprint, not by its name or by who signed it: clients ask for another host than this one.
 */
export const colorThroughTls = (
  port: number,
  fingerprint: string,
  headers: Readonly<Record<string, string>>,
  patienceMs: number,
): Promise<string> =>
  new Promise((resolve) => {
    const request = get(
      `https://127.0.0.1:${port}/version`,
      { agent: false, headers, rejectUnauthorized: false, signal: AbortSignal.timeout(patienceMs) },
      (response) => {
        const { socket } = response;
        const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.fingerprint256 : undefined;
        const color = response.headers['x-color'];
        response.resume();
        response.on('close', () => {
          if (shown !== fingerprint) resolve('another certificate than the one in TLS_DIR');
          else resolve(typeof color === 'string' ? color : `status ${response.statusCode ?? 0} through TLS`);
        });
      },
    );
    request.on('error', (error) => {
      resolve(
        `${error.name === 'AbortError' ? `no answer within ${patienceMs / 1_000} s` : error.message} through TLS`,
      );
    });
  });
