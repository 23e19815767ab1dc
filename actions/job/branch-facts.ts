import { SlipwayError } from "../../core/errors.ts";
import type { ActionPorts } from "./ports.ts";
import { type JobFacts, readJobFacts } from "./run-facts.ts";

/** Events that start a workflow on the default branch by a clock or by hand. */
const EVENTS = ["schedule", "workflow_dispatch"];

/**
 * The repository and the run of a job that is of no commit in particular. GitHub says in a clock's event little or nothing of the
 * repository: its name is in the environment then, and the branch is the default one by definition. Rejects with USAGE for another
 * event or branch.
 */
export function readBranchFacts({ context, env }: Pick<ActionPorts, "context" | "env">): JobFacts {
  const { eventName: event, ref } = context;
  if (!EVENTS.includes(event)) throw wrong(EVENTS.join(" or "), event);
  const facts = readJobFacts(event === "schedule" ? withRepository(context, env["GITHUB_REPOSITORY"]) : context);
  const { defaultBranch } = facts.repository;
  if (ref !== `refs/heads/${defaultBranch}`) throw wrong(defaultBranch, ref);
  return facts;
}

function withRepository(context: ActionPorts["context"], fullName: string | undefined): ActionPorts["context"] {
  const { payload, ref } = context;
  if (payload.repository?.["default_branch"] !== undefined) return context;
  const [owner = "", name = ""] = (fullName ?? "").split("/");
  const branch = ref.replace(/^refs\/heads\//, "");
  const repository = { name, owner: { login: owner }, full_name: fullName ?? "", default_branch: branch };
  return { ...context, payload: { ...payload, repository } };
}

function wrong(expected: string, found: string): SlipwayError {
  return new SlipwayError("USAGE", "Models are monitored from the default branch alone", {
    expected,
    found: found.slice(0, 100),
  });
}
