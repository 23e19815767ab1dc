import { distrust } from "../../core/acts/checked-version.ts";
import { signersOf } from "../../core/acts/signers.ts";
import { deploymentPayload, deploymentTask } from "../../core/promotion/deployment-payload.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { EventContext } from "../github/event-context.ts";
import { findDeployments } from "./find.ts";
import { noteDeployment } from "./state.ts";

export type Ensured =
  | { outcome: "opened" | "there" }
  /** Another version is in the stage by now: deploying this one would bring it back. */
  | { outcome: "superseded" }
  /** GitHub's own words, or why the registry is not to be believed. */
  | { outcome: "refused"; why: string };

/**
 * Opens the GitHub Deployment that a decision calls for, once: if the event may have come before, the App looks for
 * the deployment first. The stage has moved, whatever comes of this.
 */
export async function ensureDeployment(
  context: EventContext,
  decision: Decision,
  again = context.again,
): Promise<Ensured> {
  const { model, version, stage, id } = decision;
  const snapshot = await context.ports.registry.snapshot();
  const live = (await snapshot.model(model))?.stages[stage];
  const found = await snapshot.manifest(model, version);
  if (live?.decision !== id || found === undefined) return { outcome: "superseded" };
  const refusal = await distrust(context.ports, snapshot, { model, version, stage }, await signersOf(context.ports)());
  if (refusal !== undefined) {
    noteDeployment(context, id, "refused");
    context.log.error({ model, version, stage, decision: id, code: refusal.code }, refusal.message);
    return { outcome: "refused", why: refusal.message };
  }
  if (again) {
    const open = await findDeployments(context, model, stage);
    if (open.some(({ payload }) => payload.decision === id)) return { outcome: "there" };
  }
  try {
    await context.octokit.rest.repos.createDeployment({
      ...{ owner: context.repository.owner, repo: context.repository.name },
      // The workflow that deploys is the default branch's, and environments that are tied to it let it: which version
      // is meant, the payload says. An old commit may hold no such workflow, or another one.
      ref: context.repository.defaultBranch,
      task: deploymentTask(model),
      environment: stage,
      payload: { ...deploymentPayload(decision) },
      description: `${model} version ${version}, from ${found.manifest.source.commit.slice(0, 10)}`,
      // The gates have decided already.
      auto_merge: false,
      required_contexts: [],
      production_environment: stage === "production",
      transient_environment: false,
      // A lost answer must not make a second one: the event is handled again, and finds this one.
      request: { retries: 0 },
    });
    noteDeployment(context, id, { state: "under-way" });
    return { outcome: "opened" };
  } catch (error) {
    if (!(error instanceof Error) || !("status" in error)) throw error;
    const { status } = error;
    if (status !== 404 && status !== 409 && status !== 422) throw error;
    noteDeployment(context, id, "refused");
    context.log.error({ err: error, model, version, stage, decision: id }, "GitHub opened no deployment");
    return { outcome: "refused", why: error.message };
  }
}
