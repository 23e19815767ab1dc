import { grants } from "./auth/access.ts";
import type { Doing } from "./doing.ts";
import { emit } from "./events/emit.ts";
import { readCommit } from "./git/commits.ts";
import type { RefUpdate } from "./rules/enforce.ts";
import type { App, CheckSuite } from "./state.ts";
import { showSuite } from "./views/check.ts";

/** The suite of an App on a commit, made where there is none: Apps other than Actions have one at most. */
export async function suiteFor(doing: Doing, app: App, headSha: string, push?: RefUpdate): Promise<CheckSuite> {
  const { state, repo } = doing;
  const find = () => [...repo.suites.values()].find((suite) => suite.app === app && suite.headSha === headSha);
  const headCommit = await readCommit(repo.folder, headSha);
  const known = find();
  if (known !== undefined) return known;
  const at = {
    headSha,
    headBranch: push?.ref.replace("refs/heads/", "") ?? null,
    headCommit,
    before: push?.old ?? null,
  };
  const suite: CheckSuite = { id: state.nextId(), app, ...at, createdAt: state.now(), updatedAt: state.now() };
  repo.suites.set(suite.id, suite);
  if (push !== undefined)
    emit(doing, "check_suite", { action: "requested", check_suite: showSuite(state, repo, suite) }, app);
  return suite;
}

/** On a push, each App that may write checks is asked for its own: `check_suite.requested`. */
export async function openSuites(doing: Doing, push: RefUpdate): Promise<void> {
  for (const app of doing.state.apps.values()) {
    const installed = app.installations.some(({ repositories }) => repositories.has(doing.repo));
    if (installed && grants(app.permissions, "checks:write")) await suiteFor(doing, app, push.new, push);
  }
}
