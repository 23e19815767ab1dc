import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lockHolders } from "../file-lock.ts";
import { writerLock } from "../git/ref-transaction.ts";
import type { Repository } from "../git/repository.ts";
import { upkeepLock } from "../git/upkeep-lock.ts";
import type { Finding } from "./finding.ts";
import { SEEN_REF } from "./lost-branch.ts";
import { REGISTRY_REF } from "./paths.ts";
import { parseTag } from "./tags.ts";

/** How long an act of another Git process may hold a lock before it is named. */
const PATIENCE = 2_000;
const PACKED_REFS = "packed-refs";

/** Git's locks on what the registry writes that nobody is going to release. */
export async function verifyLocks(repository: Repository): Promise<Finding[]> {
  const locks = await heldLocks(repository);
  if (locks.size === 0) return [];
  await sleep(PATIENCE);
  const still = await heldLocks(repository);
  const writers = holdersOf(writerLock(repository));
  const packers = holdersOf(upkeepLock(repository));
  return [...still].flatMap(([ref, made]): Finding[] => {
    if (locks.get(ref) !== made) return [];
    // Packing refs locks the file of all of them, and then each tag that it packed.
    const packer = ref === REGISTRY_REF ? undefined : packers.find(({ holder }) => made >= holder.since - 1_000);
    const owner = writers.find(({ holder }) => Object.hasOwn(holder.refs, ref)) ?? packer;
    return owner?.fate === "alive" ? [] : [left(repository, ref, owner?.fate === "dead")];
  });
}

function left({ commonFolder }: Repository, ref: string, stale: boolean): Finding {
  const about = { ref, found: join(commonFolder, `${ref}.lock`) };
  if (stale)
    return {
      ...about,
      code: "LOCK_STALE",
      message: `${ref} is locked by a process that was killed.`,
      hint: "`slipway verify --repair` removes the lock, and so does the next act: its owner is proven dead.",
    };
  return {
    ...about,
    code: "LOCK_LEFT",
    message: `${ref} is locked, and nothing proves that its owner is dead.`,
    hint: "If no Git process is running on this repository, on this machine or another that shares it, delete the lock file.",
  };
}

/** One that cannot be read names nobody; whoever wants to write is told. */
function holdersOf(folder: string): ReturnType<typeof lockHolders> {
  try {
    return lockHolders(folder);
  } catch {
    return [];
  }
}

/** By ref, when each was made. */
async function heldLocks({ commonFolder }: Repository): Promise<Map<string, number>> {
  const tags = await readdir(join(commonFolder, "refs", "tags")).catch(() => []);
  const ours = tags.filter((name) => name.endsWith(".lock") && parseTag(name.slice(0, -".lock".length)) !== undefined);
  const refs = [
    REGISTRY_REF,
    SEEN_REF,
    PACKED_REFS,
    ...ours.map((name) => `refs/tags/${name.slice(0, -".lock".length)}`),
  ];
  const made = await Promise.all(
    refs.map((ref) =>
      stat(join(commonFolder, `${ref}.lock`)).then(
        ({ mtimeMs }) => [[ref, mtimeMs] as const],
        () => [],
      ),
    ),
  );
  return new Map(made.flat());
}
