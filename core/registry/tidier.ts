import type { Repository } from "../git/repository.ts";
import { type UpkeepLimits, upkeep, upkeepDue } from "../git/upkeep.ts";

/** Publications between two looks at what lies about: the first is looked at, so that commands do it in turn. */
const LOOK_EVERY = 16;

/**
 * What is called after each publication: now and then it looks whether the repository has to be packed, and has it done
 * in the background. Nobody waits for it, and whatever becomes of it changes no answer.
 */
export function tidier(repository: Repository, tagRefs: string, limits?: UpkeepLimits): () => void {
  let published = 0;
  let busy = false;
  const look = async () => {
    const due = await upkeepDue(repository, tagRefs, limits);
    if (due.repack || due.packRefs) await upkeep(repository, due, tagRefs);
  };
  return () => {
    published += 1;
    if (busy || published % LOOK_EVERY !== 1) return;
    busy = true;
    look()
      .catch(() => {})
      .finally(() => {
        busy = false;
      });
  };
}
