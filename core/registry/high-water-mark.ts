import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { looseRef } from "../git/loose-ref.ts";
import type { GitObjects } from "../git/objects.ts";
import { runOnOwnRefs } from "../git/own-refs.ts";
import { trackingRef } from "../git/remote.ts";
import { runGit } from "../git/run.ts";
import { REGISTRY_REF } from "./paths.ts";

/** The newest commit that was ever seen of a remote's registry: no fetch moves it, and it keeps what it leads to. */
export function highWaterMarkRef(remote: string): string {
  return `refs/slipway/${remote}/registry`;
}

/** Asked before a fetch: what is known then has to be in what is fetched. */
export async function highWaterMark(objects: GitObjects, remote: string): Promise<CommitId | undefined> {
  const ref = highWaterMarkRef(remote);
  return looseRef(objects.repository, ref) ?? (await objects.read(ref))?.id;
}

/**
 * Called with what was fetched of the branch (undefined: it is not there), and what had been known before. A registry only
 * ever grows: rejects with REGISTRY_REWRITTEN where it does not hold what was known, and whoever reads the clone goes on
 * seeing that.
 */
export async function raiseHighWaterMark(
  objects: GitObjects,
  remote: string,
  known: CommitId | undefined,
  tip: CommitId | undefined,
): Promise<void> {
  if (tip === known) return;
  const { folder } = objects;
  if (tip !== undefined && (known === undefined || (await isAncestor(folder, known, tip)))) {
    // Another process may have remembered more by now: then this does nothing.
    await runOnOwnRefs(objects.repository, ["update-ref", highWaterMarkRef(remote), tip, known ?? "0".repeat(40)]);
    return;
  }
  await runOnOwnRefs(objects.repository, ["update-ref", trackingRef(remote, REGISTRY_REF), known as string]);
  throw rewritten(remote, known as string, tip);
}

/** Whether `newer` holds `older`. */
export async function isAncestor(folder: string, older: string, newer: string): Promise<boolean> {
  return (await runGit(folder, ["merge-base", "--is-ancestor", older, newer])).code === 0;
}

function rewritten(remote: string, known: string, tip: string | undefined): SlipwayError {
  const what = tip === undefined ? "was deleted" : "was rewritten";
  const push = tip === undefined ? "git push" : `git push --force-with-lease=registry:${tip}`;
  return new SlipwayError(
    "REGISTRY_REWRITTEN",
    `The branch registry ${what} on ${remote}: it lacks what was there before.`,
    {
      expected: `a branch that holds commit ${known}`,
      found: tip ?? "no branch registry",
      hint: `Restore it with \`${push} ${remote} ${highWaterMarkRef(remote)}:${REGISTRY_REF}\`, and protect the branch. If it was meant, accept it with \`git update-ref -d ${highWaterMarkRef(remote)}\`.`,
    },
  );
}
