import type { Decision } from "../../schemas/decision.ts";
import type { CommitId, ModelName } from "../../schemas/names.ts";
import type { GitObjects } from "../git/objects.ts";
import { MONITORING_REF } from "../monitoring/open-branch.ts";
import type { Finding } from "../registry/finding.ts";
import { isAncestor } from "../registry/high-water-mark.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";

/**
 * Whether rollbacks by labels rest on commits of the branch `monitoring`, whose newest one is `tip`: a rollback whose evidence is not
 * there is told. Of models that were looked at: nothing else is rolled back so.
 */
export async function verifyLabelRollbacks(
  objects: Pick<GitObjects, "folder">,
  snapshot: Pick<RegistrySnapshot, "list">,
  models: readonly ModelName[],
  tip: CommitId,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const model of models)
    for (const decision of await snapshot.list("decision", model)) {
      const commit = restsOn(decision);
      if (commit === undefined || (await isAncestor(objects.folder, commit, tip))) continue;
      findings.push({
        code: "MONITORING_INCOMPLETE",
        message: `Decision ${decision.id} rolled ${model} back by labels, and the commit that it rests on is not on the branch monitoring.`,
        expected: `commit ${commit}`,
        found: `a branch that ends at ${tip} without it`,
        ref: MONITORING_REF,
        hint: "Bring the branch back from a copy that has the commit: it is the rollback's evidence.",
      });
    }
  return findings;
}

function restsOn({ act, source }: Decision): CommitId | undefined {
  return act === "rollback" && source?.kind === "monitor" ? source.commit : undefined;
}
