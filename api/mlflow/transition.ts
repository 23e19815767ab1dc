import { changeVersion } from "../../core/acts/change-version.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { authorizeCaller } from "./authorize-caller.ts";
import { denied, invalid } from "./errors.ts";
import type { Caller, MlflowHost } from "./host.ts";
import { allowed, refusalWords, seenVersion } from "./look-up.ts";
import { canonicalStage, POLICY_STAGE, stageOf } from "./stages.ts";

interface Transition {
  name: string;
  /** The version, as it was written. */
  written: string;
  stage: string;
  /** Whether to archive what is in the stage. Here a stage holds one version: what is replaced is archived in any case. */
  archive: boolean;
}

/**
 * Moves a version to another of MLflow's stages. The gates of Staging and Production decide, as they do for
 * everybody, and the decision is recorded. If they refuse, the client gets PERMISSION_DENIED with the gates' words.
 */
export async function transition(host: MlflowHost, caller: Caller, asked: Transition): Promise<void> {
  const stage = canonicalStage(asked.stage);
  if (asked.archive && stage !== "Staging" && stage !== "Production")
    throw invalid(
      `Model version transition cannot archive existing model versions because '${asked.stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
    );
  const { model, version } = await seenVersion(host, asked.name, asked.written);
  const { person, authorize } = caller;
  const about = { model: model.name, version: version.facts.version };
  const retire = { ...about, by: person, authorize: authorize?.("retire") };
  if (stage === "None" || stage === "Archived") {
    const act = stage === "None" ? "unassign" : "archive";
    allowed(await changeVersion(host.ports, { ...retire, act }));
    return;
  }
  // To MLflow a version is in one stage: what goes back to Staging leaves Production.
  const leaves = stage === "Staging" && stageOf(model.record, version.facts.version) === "Production";
  if (leaves) await authorizeCaller(host, caller, "retire");
  const result = await promoteVersion(host.ports, {
    ...about,
    stage: POLICY_STAGE[stage],
    requestedBy: person,
    authorize: authorize?.("promote"),
  });
  const done = allowed(result);
  if (done.outcome === "refused") throw denied(refusalWords(done.decision.refusals));
  if (done.outcome === "waiting")
    throw denied(`${asked.stage} needs ${done.needed} approvals of this version by others; there are ${done.given}.`);
  // Nor does it leave before it is there.
  const isOnItsWay = done.outcome === "rolling-out" || (done.outcome === "unchanged" && done.rollout !== undefined);
  if (leaves && !isOnItsWay)
    allowed(await changeVersion(host.ports, { ...retire, act: "unassign", stage: POLICY_STAGE.Production }));
}
