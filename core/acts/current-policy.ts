import type { Policy } from "../../schemas/policy.ts";
import { SlipwayError } from "../errors.ts";
import { defaultBranch, fetchDefaultBranch } from "../git/default-branch.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";

/**
 * The policy of the default branch's tip, brought here first; one that says nothing before there is a commit. Rejects with
 * SPEC_INVALID where it cannot be read, and as `fetchDefaultBranch` does.
 */
export async function currentPolicy({ objects, remote }: Pick<Ports, "objects" | "remote">): Promise<Policy> {
  const { repository } = objects;
  try {
    const { commit } =
      remote === undefined ? await defaultBranch(repository) : await fetchDefaultBranch(repository, remote);
    return await readPolicy({ objects }, commit);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NO_COMMIT") return { slipway: 1 };
    throw error;
  }
}
