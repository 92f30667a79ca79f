/** Keeps what a sandbox holds in a file from one start to the next. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

interface Holder<Kept> {
  keep(): Kept;
  resume(kept: Kept): void;
}

/** Writes soon after each change that `hear` is told of; the answer writes for the last time, at once. */
export function remember<Kept>(
  file: string,
  holder: Holder<Kept>,
  hear: (changed: () => void) => void,
): () => void {
  if (existsSync(file)) holder.resume(JSON.parse(readFileSync(file, 'utf8')) as Kept);
  mkdirSync(dirname(file), { recursive: true });
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const save = () => {
    timer = undefined;
    writeFileSync(`${file}.new`, JSON.stringify(holder.keep()));
    renameSync(`${file}.new`, file);
  };
  hear(() => {
    if (!ended) timer ??= setTimeout(save, 100).unref();
  });
  return () => {
    ended = true;
    clearTimeout(timer);
    save();
  };
}
