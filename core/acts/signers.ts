import type { Signer } from "../../schemas/signer.ts";
import { fetchDefaultBranch } from "../git/default-branch.ts";
import type { GitObjects } from "../git/objects.ts";
import { noneYet, policyHere } from "./policy-here.ts";

const NOBODY: readonly Signer[] = [];

/**
 * Whom the policy names to sign tags, at the tip of the default branch as it is here when it is asked for: whoever decides
 * something has just brought it here. None before there is a commit. Rejects as `policyHere` does.
 */
export function signersOf(about: {
  objects: GitObjects;
  remote: string | undefined;
}): () => Promise<readonly Signer[]> {
  const read = policyHere(about);
  return async () => (await read())?.policy.signers ?? NOBODY;
}

/** The same, after the default branch was brought here; none where it has no commit yet. */
export async function currentSigners(ports: Parameters<typeof signersOf>[0]): Promise<readonly Signer[]> {
  const { objects, remote } = ports;
  if (remote !== undefined && (await fetchDefaultBranch(objects.repository, remote).catch(noneYet)) === undefined)
    return NOBODY;
  return signersOf(ports)();
}
