import { z } from 'zod';
import type { Options } from '../arguments.js';
import type { Environment } from '../config.js';
import { Failure } from '../failure.js';
import type { Site } from '../site.js';
import { askApi, jsonOr, requireStack } from './ask-api.js';

const Published = z.object({ channel: z.string(), epoch: z.string(), offset: z.number(), duplicate: z.boolean() });
export type Published = Readonly<z.infer<typeof Published>>;

/** A message that a person types; `data` is any JSON value. */
export type Message = Readonly<{ channel: string; data: unknown; key: string | undefined }>;

/** From the options, else from the environment. What is no JSON is a text. @throws {Failure} naming what is missing */
export const messageFrom = (options: Options, environment: Environment): Message => {
  const given = (name: string): string | undefined => {
    const option = options[name];
    return typeof option === 'string' ? option : environment[name.toUpperCase()];
  };
  const channel = given('channel') ?? '';
  const data = given('data');
  if (channel === '' || data === undefined) {
    throw new Failure(`${channel === '' ? 'CHANNEL' : 'DATA'} is missing: make publish CHANNEL=greetings DATA=hello`, {
      exitCode: 2,
    });
  }
  const key = given('key');
  return { channel, data: jsonOr(data), key: key === '' ? undefined : key };
};

/** Publishes as the stack itself. @throws {Failure} in the API's own words */
export const publish = async (site: Site, { channel, data, key }: Message): Promise<Published> => {
  await requireStack(site);
  const body = { channel, data };
  return askApi(site, { command: 'publish', body, key, answer: Published, refused: 'Not published' });
};

export const describePublished = ({ channel, epoch, offset, duplicate }: Published): string =>
  `${channel}: offset ${offset}, epoch ${epoch}${duplicate ? ' (had been published before with this KEY)' : ''}`;
