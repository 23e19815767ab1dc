import type { Repository } from "../git/repository.ts";
import { type UpkeepLimits, upkeep, upkeepDue } from "../git/upkeep.ts";

/** Publications between two looks at what lies about: the first is looked at, so that commands do it in turn. */
const LOOK_EVERY = 16;

/**
 * What is called after each publication: now and then it looks whether the repository has to be packed, and has it done
 * in the background. Nobody waits for it, and whatever becomes of it changes no answer.
 */
export function maintenanceOf(repository: Repository, tagRefs: string, limits?: UpkeepLimits): () => void {
  let published = 0;
  const { commonFolder } = repository;
  const look = async () => {
    const due = await upkeepDue(repository, tagRefs, limits);
    if (due.repack || due.packRefs) await upkeep(repository, due, tagRefs);
  };
  return () => {
    published += 1;
    if (working.has(commonFolder) || published % LOOK_EVERY !== 1) return;
    const done = look()
      .catch(() => {})
      .finally(() => working.delete(commonFolder));
    working.set(commonFolder, done);
  };
}

/** By repository. */
const working = new Map<string, Promise<unknown>>();

/** When what this process does for the repository in the background has ended. */
export async function maintenanceDone({ commonFolder }: Repository): Promise<void> {
  await working.get(commonFolder);
}
