/**
 * The story of a small software company from August to November 2026, told in chapters through the sandbox's own API
 * with the official client. It is the same in every run, and a chapter that was played is not played again.
 */
import type { Sandbox } from './sandbox.ts';
import { beginning } from './story/beginning.ts';
import { ending } from './story/ending.ts';
import { middle } from './story/middle.ts';
import { Stage } from './story/stage.ts';

export type Chapter = {
  name: string;
  /** One line for people. */
  caption: string;
  /** The day it happens; time passes until then first. */
  date: string;
  play: (stage: Stage) => Promise<void>;
};

export type PlayOptions = {
  /** Name of the last chapter to play; absent = to the end. */
  until?: string | undefined;
  /** Called after each chapter that was played. */
  onChapter?: (chapter: Chapter, index: number, total: number) => void | Promise<void>;
};

export const chapters: readonly Chapter[] = [...beginning, ...middle, ...ending];

/** Plays what has not been played yet. @throws Error if `until` names no chapter */
export async function playStory(sandbox: Sandbox, { until, onChapter }: PlayOptions = {}): Promise<void> {
  const last = until === undefined ? chapters.length - 1 : chapters.findIndex(({ name }) => name === until);
  if (last < 0)
    throw new Error(
      `The story has no chapter "${until}". It has: ${chapters.map((c) => c.name).join(', ')}.`,
    );
  const { memory: account } = sandbox;
  const stage = new Stage(sandbox);
  for (const [index, chapter] of chapters.slice(0, last + 1).entries()) {
    if (account.story.includes(chapter.name)) continue;
    stage.until(chapter.date);
    await chapter.play(stage);
    account.story.push(chapter.name);
    account.flush();
    await onChapter?.(chapter, index, chapters.length);
  }
}
