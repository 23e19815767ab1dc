import type { Doing } from "../doing.ts";
import type { Repo } from "../state.ts";
import { rulesFor } from "./enforce.ts";

/** Why a required check holds a merge back; undefined if each is there and passes, of the App that is asked for. */
export function missingCheck(doing: Doing, ref: string, sha: string): string | undefined {
  for (const { rule } of rulesFor(doing, ref)) {
    if (rule.type !== "required_status_checks") continue;
    for (const { context, integration_id } of rule.parameters.required_status_checks) {
      const passed = passes(doing.repo, sha, context, integration_id);
      const words = `Repository rule violations found\n\nRequired status check "${context}" is`;
      if (!passed) return `${words} ${passed === undefined ? "expected" : "failing"}.`;
    }
  }
  return undefined;
}

/** Whether a commit's newest check of a name passed; undefined if there is none, or none that ended. */
export function passes(repo: Repo, sha: string, name: string, app?: number): boolean | undefined {
  const check = [...repo.checks.values()].findLast(
    (one) => one.name === name && one.suite.headSha === sha && (app ?? one.suite.app.id) === one.suite.app.id,
  );
  // As on GitHub: neutral and skipped pass.
  return check?.conclusion ? ["success", "neutral", "skipped"].includes(check.conclusion) : undefined;
}
