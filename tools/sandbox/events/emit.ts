import { type Doing, senderOf } from "../doing.ts";
import type { App, Payload } from "../state.ts";
import { showOrganization, showUser } from "../views/account.ts";
import { nodeId } from "../views/links.ts";
import { showRepository } from "../views/repository.ts";
import { deliver } from "./deliver.ts";

/** The permissions that let an App hear of an event, besides the subscription. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  push: ["contents"],
  pull_request: ["pull_requests"],
  issue_comment: ["issues", "pull_requests"],
  issues: ["issues"],
  check_run: ["checks"],
  check_suite: ["checks"],
  workflow_run: ["actions"],
  merge_group: ["merge_queues"],
  deployment: ["deployments"],
  deployment_status: ["deployments"],
};

/** Tells the Apps that may hear of it, and what runs workflows; or `only` one App, as of buttons on its own checks. */
export function emit(doing: Doing, event: string, payload: Payload, only?: App): void {
  const { state, repo, actor } = doing;
  const organization = repo.owner.type === "Organization" ? { organization: showOrganization(state, repo.owner) } : {};
  const sender = showUser(state, senderOf(doing));
  const whole = { ...payload, repository: showRepository(state, repo), ...organization, sender };
  state.observer.webhook?.({ event, payload: whole });
  for (const app of only === undefined ? state.apps.values() : [only]) {
    const installation = app.installations.find(({ repositories }) => repositories.has(repo));
    const permitted = (NEEDED[event] ?? []).some((name) => name in app.permissions);
    if (installation === undefined || !permitted || !app.events.includes(event)) continue;
    const { id } = installation;
    deliver(state, app, event, { ...whole, installation: { id, node_id: nodeId("Installation", id) } });
  }
  // What a job's own token does starts no workflow, but the one that it asks for by name.
  const byJob = actor.kind === "installation" && actor.installation === undefined && event !== "workflow_dispatch";
  if (!byJob && only === undefined) state.runner?.onWorkflowEvent(repo, event, whole);
}
