import type { ChannelName, ClientId } from '../../protocol/ids.js';
import { isTaskChannel, TASKS_CLIENT } from '../../task-queue/story.js';

export type Said = Readonly<{
  /** Undefined: it is for one client. */
  channel?: ChannelName | undefined;
  from: ClientId | undefined;
}>;

/** Why a program may not say this: it would pass for the story of a task [task-5]. Undefined: it may. */
export const whyNoStory = ({ channel, from }: Said): string | undefined => {
  if (channel !== undefined && isTaskChannel(channel)) return `${channel} tells of tasks: nobody else publishes there`;
  return from === TASKS_CLIENT ? `from: ${from} is who tells of tasks, and nobody else` : undefined;
};
