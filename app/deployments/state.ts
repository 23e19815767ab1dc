import type { StageAssignment } from "../../schemas/model-record.ts";
import type { StageName } from "../../schemas/names.ts";
import type { EventContext } from "../github/event-context.ts";
import { repositoryCache } from "../repositories/repository-cache.ts";
import { findDeployments } from "./find.ts";

/** How far a deployment is; `url` is its log's page. */
export interface DeploymentState {
  state: "under-way" | "done" | "failed";
  url?: string | undefined;
}

/**
 * What the App heard of a decision's deployment: `none` if it looked and found none, `refused` if GitHub opened
 * none.
 */
export type HeardOf = DeploymentState | "none" | "refused";

/** What was heard of deployments, by the decision's id. */
export const heardOf = repositoryCache<string, HeardOf>();

/** What a status on GitHub means for a deployment; undefined if it says nothing of success or failure. */
export function stateOf(word: string): DeploymentState["state"] | undefined {
  if (word === "success") return "done";
  if (word === "failure" || word === "error") return "failed";
  return word === "inactive" ? undefined : "under-way";
}

/** Remembers what was heard of a decision's deployment. */
export function noteDeployment(context: Pick<EventContext, "ports">, decision: string, state: HeardOf): void {
  heardOf(context).set(decision, state);
}

/**
 * How far the deployment of a stage's version is, as the App last heard; two calls if it heard nothing. Undefined if
 * there is no deployment: nobody moved the stage on GitHub.
 */
export async function deploymentState(
  context: EventContext,
  model: string,
  stage: StageName,
  { decision }: StageAssignment,
): Promise<DeploymentState | undefined> {
  const known = heardOf(context).get(decision) ?? (await askFor(context, model, stage, decision));
  return typeof known === "string" ? undefined : known;
}

async function askFor(context: EventContext, model: string, stage: StageName, decision: string): Promise<HeardOf> {
  const found = (await findDeployments(context, model, stage)).find(({ payload }) => payload.decision === decision);
  const asked = found === undefined ? "none" : await statusOf(context, found.id);
  noteDeployment(context, decision, asked);
  return asked;
}

async function statusOf({ octokit, repository }: EventContext, deployment: number): Promise<DeploymentState> {
  const where = { owner: repository.owner, repo: repository.name, deployment_id: deployment };
  const { data } = await octokit.rest.repos.listDeploymentStatuses({ ...where, per_page: 10 });
  // Another deployment's success may have retired it meanwhile; what it came to stands before that.
  for (const { state: word, log_url } of data) {
    const state = stateOf(word);
    if (state !== undefined) return { state, url: log_url || undefined };
  }
  return { state: "under-way" };
}
