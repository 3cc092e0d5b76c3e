import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { messageOf } from '../failure.js';
import type { Sample } from './metrics.js';

/** When the first certificate of a PEM file ends. A file that can't be read gives nothing, and a warning. */
export const certificateSamples = (file: string, warn: (words: string) => void): readonly Sample[] => {
  if (file === '') return [];
  try {
    const { validTo } = new X509Certificate(readFileSync(file));
    return [
      {
        name: 'certificate_expires_timestamp_seconds',
        labels: { file },
        value: Math.round(Date.parse(validTo) / 1_000),
      },
    ];
  } catch (error) {
    warn(`the certificate ${file} can't be read: ${messageOf(error)}`);
    return [];
  }
};
