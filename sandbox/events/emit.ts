import type { Actor } from "../auth/actor.ts";
import type { Account, App, Payload, Repo, State } from "../state.ts";
import { nodeId, showOrganization, showUser } from "../views/account.ts";
import { showRepository } from "../views/repository.ts";
import { deliver } from "./deliver.ts";

/** The permission that an App needs to hear of an event, besides the subscription. */
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

export interface Occasion {
  /** Who is shown as the sender. */
  sender: Account;
  /** By whose credential: what a job's own token does starts no workflow. */
  actor?: Actor;
  /** The only App that hears of it, as of buttons on its own checks. */
  only?: App;
}

/** Tells the Apps that may hear of it, and the runner. The payload is completed with what each one has. */
export function emit(state: State, repo: Repo, event: string, payload: Payload, occasion: Occasion): void {
  const { sender, actor, only } = occasion;
  const organization = repo.owner.type === "Organization" ? { organization: showOrganization(state, repo.owner) } : {};
  const whole = {
    ...payload,
    repository: showRepository(state, repo),
    ...organization,
    sender: showUser(state, sender),
  };
  state.observer.webhook?.({ event, payload: whole });
  for (const app of state.apps.values()) {
    const installation = app.installations.find((one) => one.repositories.has(repo));
    if (installation === undefined || (only !== undefined && only !== app) || !hears(app, event)) continue;
    const { id } = installation;
    deliver(state, app, event, { ...whole, installation: { id, node_id: nodeId("Installation", id) } });
  }
  const byJob = actor?.kind === "installation" && actor.installation === undefined;
  if (!byJob && only === undefined) state.runner?.onWorkflowEvent(repo, event, whole);
}

function hears(app: App, event: string): boolean {
  return app.events.includes(event) && (NEEDED[event] ?? []).some((name) => name in app.permissions);
}
