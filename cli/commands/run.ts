import { availableParallelism } from "node:os";
import { join } from "node:path";
import { localRuns } from "../../core/acts/local-runs-here.ts";
import { MAX_NOTE } from "../../core/acts/note-run.ts";
import { defaultBase, planBetween } from "../../core/acts/plan.ts";
import { soundProject } from "../../core/acts/project.ts";
import { pruneRuns } from "../../core/acts/prune-runs.ts";
import { runOne } from "../../core/acts/run.ts";
import { SlipwayError } from "../../core/errors.ts";
import { workTreeState } from "../../core/git/workspace.ts";
import { changedInputs } from "../../core/plan/affected.ts";
import { type Report, SYMBOLS } from "../../core/report/report.ts";
import { refusedSummary, runSummary } from "../../core/report/run-summary.ts";
import { sideBySide } from "../../core/runtime/side-by-side.ts";
import { changedPaths } from "../../core/source/changes.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import type { LoadedModel } from "../../core/spec/project.ts";
import { withSettings } from "../../core/spec/settings.ts";
import type { RunOutput } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { plainLine } from "../plain-text.ts";
import { withPorts } from "../ports.ts";
import { reportPlace, reportText } from "../report-text.ts";
import { type ModelProblem, runRefusal } from "../run-refusal.ts";
import { stepProgress } from "../step-progress.ts";

interface RunCommandOptions {
  changed?: boolean;
  jobs?: number;
  here?: boolean;
  fresh?: boolean;
  set?: string[];
  note?: string;
  /** False with --no-gate. */
  gate?: boolean;
  remote?: string;
}

/**
 * `slipway run [models…]`: an advisory run on the work tree, even if that is clean. Without a name, it runs the
 * models that changed.
 */
export async function run(
  session: Session,
  args: { models?: string[] },
  options: RunCommandOptions,
): Promise<CommandOutcome> {
  return withPorts(session, options.remote, async (ports) => {
    const { workspace } = ports;
    if (workspace.bare) {
      throw new SlipwayError("USAGE", "a bare repository has no work tree to run from", {
        hint: "slipway register <model>",
      });
    }
    const tree = await openWorkTree(workspace.folder);
    const named = args.models ?? [];
    const plan =
      options.changed || named.length === 0 ? await planBetween(ports, await defaultBase(ports), undefined) : undefined;
    const changed = plan?.models.filter(({ steps }) => steps.length > 0).map(({ model }) => model);
    const names = [...new Set([...named, ...(changed ?? [])])];
    const project = await soundProject(tree, names);
    const state = await workTreeState(workspace);
    const modified = state.commit === undefined ? undefined : await changedPaths(workspace.folder, state.commit);
    const sourceOf = (model: LoadedModel) => ({
      commit: state.commit,
      dirty: modified === undefined || changedInputs(model, modified).length > 0,
    });
    const { here, fresh, set: tried = [], note } = options;
    if ((note?.length ?? 0) > MAX_NOTE)
      throw new SlipwayError("USAGE", "--note is too long", { expected: `at most ${MAX_NOTE} characters` });
    if (tried.length > 0 && named.length === 0) throw new SlipwayError("USAGE", "--set needs a model's name");
    const several = names.length > 1;
    const settled = await sideBySide(names, options.jobs ?? availableParallelism(), (name) => {
      const model = withSettings(project.models.get(name) as LoadedModel, tried);
      return runOne(ports, {
        ...{ project, model, tree, source: sourceOf(model), here, fresh, tried, note },
        ...{ binding: false, ...stepProgress(session.progress, several ? name : undefined) },
      });
    });
    await pruneRuns({ objects: ports.objects, local: localRuns(workspace) });
    const refused: ModelProblem[] = (plan?.models ?? []).flatMap(({ model, problem }) =>
      problem ? [{ model, problem }] : [],
    );
    for (const [i, each] of settled.entries()) {
      if (each.status === "fulfilled") continue;
      if (!(each.reason instanceof SlipwayError) || each.reason.code === "INTERRUPTED") throw each.reason;
      for (const problem of each.reason.problems) refused.push({ model: names[i] as string, problem });
    }
    const done = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const reports = done.map(({ run: { run } }) => join(workspace.state, "runs", run, "report.md"));
    const unchanged = plan && { unchanged: plan.unchanged };
    const runs = done.map((each) => each.run);
    const result: RunOutput = { runs, ...unchanged, reports };
    // What went wrong is told once, on stderr; the report has it, too.
    const texts = done.map(({ run: { outcome }, report }, i) => {
      const place = reportPlace(session, reports[i] as string);
      return outcome === "failed" ? place : `${reportText(session, report)}\n${place}`;
    });
    const lines = [
      ...runs.map((each) => ({ model: each.model, ...runSummary(each) })),
      ...refused.map(({ model, problem }) => ({ model, ...refusedSummary(problem) })),
    ];
    if (lines.length === 0)
      texts.push(
        `nothing has changed since ${plan?.base?.slice(0, 10) ?? "the first commit"}: nothing to run; slipway run <model> runs one all the same`,
      );
    const summary = lines.length > 1 || (session.quiet && lines.length > 0) ? [summaryText(session, lines)] : [];
    const refusal = runRefusal(refused, runs, {
      several: several || plan !== undefined,
      gate: options.gate !== false,
    });
    const shown = session.quiet && lines.length > 0 ? summary : [...texts, ...summary];
    return { result, text: shown.join("\n\n"), ...(refusal ? { refusal } : {}) };
  });
}

/** A line for each model. */
function summaryText({ colors }: Session, lines: readonly ({ model: string } & Report["verdict"])[]): string {
  const width = Math.max(...lines.map(({ model }) => model.length));
  const paint = (mark: Report["verdict"]["mark"]) =>
    mark === "pass" ? colors.green : mark === "fail" ? colors.red : colors.yellow;
  return lines
    .map(
      ({ model, mark, text }) => `${paint(mark)(SYMBOLS[mark])} ${plainLine(model.padEnd(width))}  ${plainLine(text)}`,
    )
    .join("\n");
}
