import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import type { Finding } from "./finding.ts";
import { lostBranch, resolveRef } from "./lost-branch.ts";
import { REGISTRY_REF } from "./paths.ts";
import { remoteTip } from "./remote.ts";

/** The branch's newest commit, whether or not its object can be read; `lost` where there is none and must be one. */
export async function branchOf(
  objects: GitObjects,
  remote: string | undefined,
): Promise<{ tip: string | undefined; lost: Finding | undefined }> {
  if (remote !== undefined) return remoteBranch(objects, remote);
  const tip = await resolveRef(objects.folder, REGISTRY_REF);
  const lost = tip === undefined ? await lostBranch(objects) : undefined;
  if (lost === undefined) return { tip, lost };
  // Another writer may have made it meanwhile.
  const now = await resolveRef(objects.folder, REGISTRY_REF);
  return { tip: now, lost: now === undefined ? { ...lost, ref: REGISTRY_REF } : undefined };
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
