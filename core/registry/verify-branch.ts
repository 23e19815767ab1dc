import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import { updateRefs } from "../git/ref-transaction.ts";
import type { Finding } from "./finding.ts";
import { lostBranch, resolveRef, SEEN_REF, seenTip, setBack } from "./lost-branch.ts";
import { REGISTRY_REF } from "./paths.ts";
import { remoteTip } from "./remote.ts";

/** The branch's newest commit, whether or not its object can be read; `lost` where there is none and must be one, or it lacks what was seen. */
export async function branchOf(
  objects: GitObjects,
  remote: string | undefined,
): Promise<{ tip: string | undefined; lost: Finding | undefined }> {
  if (remote !== undefined) return remoteBranch(objects, remote);
  const tip = await resolveRef(objects.folder, REGISTRY_REF);
  const lost = tip === undefined ? await lostBranch(objects) : await setBack(objects, tip);
  if (lost === undefined) return { tip, lost };
  if (tip !== undefined) return { tip, lost: { ...lost, ref: REGISTRY_REF } };
  // Another writer may have made it meanwhile.
  const now = await resolveRef(objects.folder, REGISTRY_REF);
  return { tip: now, lost: now === undefined ? { ...lost, ref: REGISTRY_REF } : undefined };
}

/** Called where nothing is wrong with the repository's own branch: it will be missed from now on. */
export async function rememberBranch(objects: GitObjects, tip: CommitId): Promise<void> {
  const from = await seenTip(objects);
  if (from === tip) return;
  // Who may only read remembers nothing, and a writer that comes between remembers more.
  await updateRefs(objects.repository, [{ ref: SEEN_REF, to: tip, from }]).catch(() => {});
}

async function remoteBranch(objects: GitObjects, remote: string) {
  try {
    return { tip: await remoteTip(objects.repository, objects, remote), lost: undefined };
  } catch (error) {
    if (!(error instanceof SlipwayError && error.code === "REGISTRY_REWRITTEN")) throw error;
    const { message, hint = "", ...about } = error.problems[0] ?? { message: error.message };
    return {
      tip: undefined,
      lost: { ...about, code: "BRANCH_REWRITTEN", message, hint, ref: REGISTRY_REF } as const,
    };
  }
}
