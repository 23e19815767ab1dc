import { grants } from "./auth/access.ts";
import { type Actor, accountOf } from "./auth/actor.ts";
import { emit } from "./events/emit.ts";
import { readCommit } from "./git/commits.ts";
import type { RefUpdate } from "./rules/enforce.ts";
import type { App, CheckSuite, Repo, State } from "./state.ts";
import { showSuite } from "./views/check.ts";

/** The suite of an App on a commit, made where there is none: it has one at most. */
export async function suiteFor(state: State, repo: Repo, app: App, sha: string, push?: RefUpdate): Promise<CheckSuite> {
  const known = findSuite(repo, app, sha);
  if (known !== undefined) return known;
  const headCommit = await readCommit(repo.folder, sha);
  const now = state.now();
  const suite: CheckSuite = {
    id: state.nextId(),
    app,
    headSha: sha,
    headBranch: push?.ref.replace("refs/heads/", "") ?? null,
    headCommit,
    before: push?.old ?? null,
    createdAt: now,
    updatedAt: now,
  };
  // Another request may have made it while the commit was read.
  const meanwhile = findSuite(repo, app, sha);
  if (meanwhile === undefined) repo.suites.set(suite.id, suite);
  return meanwhile ?? suite;
}

function findSuite(repo: Repo, app: App, sha: string): CheckSuite | undefined {
  return [...repo.suites.values()].find((suite) => suite.app === app && suite.headSha === sha);
}

/** On a push, each App that may write checks is asked for its own: `check_suite.requested`. */
export async function openSuites(state: State, repo: Repo, actor: Actor, push: RefUpdate): Promise<void> {
  for (const app of state.apps.values()) {
    const installed = app.installations.some((one) => one.repositories.has(repo));
    if (!installed || !grants(app.permissions, "checks:write")) continue;
    if (findSuite(repo, app, push.new) !== undefined) continue;
    const suite = await suiteFor(state, repo, app, push.new, push);
    const sender = accountOf(actor) ?? repo.owner;
    emit(
      state,
      repo,
      "check_suite",
      { action: "requested", check_suite: showSuite(state, repo, suite) },
      { sender, actor, only: app },
    );
  }
}
