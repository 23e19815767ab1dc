import { availableParallelism } from "node:os";
import { join } from "node:path";
import { decidingBranch } from "../../core/acts/binding.ts";
import { planBetween } from "../../core/acts/plan.ts";
import { soundProject } from "../../core/acts/project.ts";
import { runOne } from "../../core/acts/run.ts";
import { SlipwayError } from "../../core/errors.ts";
import { workTreeState } from "../../core/git/workspace.ts";
import { sideBySide } from "../../core/pipeline/side-by-side.ts";
import { changedInputs } from "../../core/plan/affected.ts";
import { changedPaths } from "../../core/source/changes.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import type { LoadedModel } from "../../core/spec/project.ts";
import type { RunOutput } from "../../schemas/cli-output.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { Outcome, Session } from "../command.ts";
import { withPorts } from "../ports.ts";
import { reportPlace, reportText } from "../report-text.ts";
import { stepProgress } from "../step-progress.ts";

/** `slipway run <models…>`: an advisory run on the work tree, however good. */
export async function run(
  session: Session,
  args: { models?: string[] },
  options: { changed?: boolean; jobs?: number; here?: boolean; fresh?: boolean; remote?: string },
): Promise<Outcome> {
  return withPorts(session, options.remote, async (ports) => {
    const { workspace } = ports;
    if (workspace.bare) {
      throw new SlipwayError("USAGE", "a bare repository has no work tree to run from", {
        hint: "slipway register <model>",
      });
    }
    const tree = await openWorkTree(workspace.folder);
    const plan = options.changed
      ? await planBetween(ports, (await decidingBranch(ports)).commit, undefined)
      : undefined;
    const changed = plan?.models.filter(({ steps }) => steps.length > 0).map(({ model }) => model);
    const names = [...new Set([...(args.models ?? []), ...(changed ?? [])])];
    if (names.length === 0 && !changed) {
      throw new SlipwayError("USAGE", "no model was named", { hint: "slipway run <model>, or slipway run --changed" });
    }
    const project = await soundProject(tree, names);
    const state = await workTreeState(workspace);
    const modified = state.commit === undefined ? undefined : await changedPaths(workspace.folder, state.commit);
    const sourceOf = (model: LoadedModel) => ({
      ...(state.commit === undefined ? {} : { commit: state.commit }),
      dirty: modified === undefined || changedInputs(model, modified).length > 0,
    });
    const { here, fresh } = options;
    const several = names.length > 1;
    const settled = await sideBySide(names, options.jobs ?? availableParallelism(), (name) => {
      const model = project.models.get(name) as LoadedModel;
      return runOne(ports, {
        ...{ project, model, tree, source: sourceOf(model), here, fresh },
        ...{ binding: false, ...stepProgress(session.progress, several ? name : undefined) },
      });
    });
    const refused = (plan?.models ?? []).flatMap(({ model, problem }) => (problem ? [{ model, problem }] : []));
    for (const [i, each] of settled.entries()) {
      if (each.status === "fulfilled") continue;
      if (!(each.reason instanceof SlipwayError) || each.reason.code === "INTERRUPTED") throw each.reason;
      for (const problem of each.reason.problems) refused.push({ model: names[i] as string, problem });
    }
    const done = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const reports = done.map(({ run: { run } }) => join(workspace.state, "runs", run, "report.md"));
    const unchanged = plan && { unchanged: plan.unchanged };
    const result: RunOutput = { runs: done.map((each) => each.run), ...unchanged, reports };
    // What went wrong is told once, on stderr; the report has it, too.
    const texts = done.map(({ run: { outcome }, report }, i) => {
      const place = reportPlace(session, reports[i] as string);
      return outcome === "failed" ? place : `${reportText(session, report)}\n${place}`;
    });
    if (names.length === 0 && refused.length === 0) texts.push("nothing has changed: nothing to run");
    const refusal = failures(refused, result.runs, several || plan !== undefined);
    return { result, text: texts.join("\n\n"), ...(refusal ? { refusal } : {}) };
  });
}

/** Models that could not be run, then those whose run failed: each is named where there are several. */
function failures(
  refused: readonly { model: string; problem: Problem }[],
  runs: RunOutput["runs"],
  several: boolean,
): SlipwayError | undefined {
  const failed = runs.flatMap(({ model, problem }) => (problem ? [{ model, problem }] : []));
  const problems = [...refused, ...failed].map(({ model, problem }) =>
    several ? { ...problem, message: `${model}: ${problem.message}` } : problem,
  );
  const [first] = problems;
  if (!first) return undefined;
  const models = new Set([...refused, ...failed].map(({ model }) => model));
  const message =
    problems.length === 1 ? first.message : `${models.size} ${models.size === 1 ? "model" : "models"} failed`;
  return new SlipwayError(first.code as SlipwayError["code"], message, { problems });
}
