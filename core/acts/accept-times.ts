import type { Acceptance } from "../../schemas/acceptance.ts";
import type { Person } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { runGit } from "../git/run.ts";
import { publishWithRetry } from "../registry/commit-act.ts";
import { recordChange } from "../registry/records.ts";
import type { EditPorts } from "./edit-and-publish.ts";

/**
 * Records that a person accepts the times of a commit of the registry, and of all before it: nothing else can be done on top
 * of a commit from the future. Resolves to the record, which may have been there. Rejects with USAGE where the commit is not
 * on the branch.
 */
export async function acceptTimes(
  { registry, objects, clock, name: host }: EditPorts,
  { commit: given, by }: { commit: string; by: Person },
): Promise<Acceptance> {
  let acceptance: Acceptance | undefined;
  await publishWithRetry(registry, async (snapshot) => {
    const found = /^[0-9a-f]{7,40}$/.test(given) ? await objects.read(`${given}^{commit}`) : undefined;
    const here = found !== undefined && snapshot.commit !== undefined;
    const args = ["merge-base", "--is-ancestor", found?.id ?? "", snapshot.commit ?? ""];
    if (!here || (await runGit(objects.folder, args)).code !== 0)
      throw new SlipwayError("USAGE", `${given} is no commit of the registry.`, {
        expected: "a commit that `git log registry` shows, or as many of its digits as tell it apart, seven at least",
        found: given,
      });
    acceptance = await snapshot.read({ kind: "accepted", commit: found.id });
    if (acceptance !== undefined) return undefined;
    acceptance = { slipway: 1, commit: found.id, by, at: timestamp(clock()), host };
    return recordChange("accepted", [acceptance]);
  });
  return acceptance as Acceptance;
}
