import { METRIC_RULES } from "../../core/acts/project.ts";
import { newestMeasured } from "../../core/acts/test-set-price.ts";
import { lookAtData } from "../../core/data/look.ts";
import { SlipwayError } from "../../core/errors.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace, type Workspace } from "../../core/git/workspace.ts";
import type { MeasuredVersion } from "../../core/ledger/gate-sights.ts";
import { modelsToSee, priceWarnings } from "../../core/ledger/price-warnings.ts";
import { lookAtSetup } from "../../core/plan/look-at-setup.ts";
import { registryOn } from "../../core/registry/open.ts";
import { nameWarnings } from "../../core/spec/model-names.ts";
import { loadProject } from "../../core/spec/project.ts";
import type { CheckResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { problemLines } from "../output.ts";
import { openTree } from "../tree.ts";

/**
 * `slipway check [models…]`: checks the policy and the specs, and looks at their data and setup, as they are in the
 * work tree (in a bare repository: at HEAD).
 */
export async function run(session: Session, args: { models?: string[] }): Promise<CommandOutcome> {
  const workspace = await openWorkspace(session.folder);
  const { tree, close } = await openTree(workspace);
  try {
    const asked = args.models?.length ? { models: args.models } : {};
    const project = await loadProject(tree, METRIC_RULES, asked);
    const { models } = project;
    const root = workspace.bare ? undefined : workspace.folder;
    const looked = await Promise.all([...models.values()].map((model) => lookAtData(model, tree, root)));
    const setups = await Promise.all([...models.values()].map((model) => lookAtSetup(model, tree)));
    const measured = await measuredModels(workspace, modelsToSee(project));
    const problems = [...project.problems, ...looked.flatMap((each) => each.problems), ...setups.flat()];
    const warnings = [
      ...project.warnings,
      ...nameWarnings(models.values()),
      ...looked.flatMap((each) => each.warnings),
      ...priceWarnings(project, measured),
    ];
    const result: CheckResult = { models: [...models.keys()], problems, warnings };
    const { colors } = session;
    const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
    const lines = warnings.flatMap((warning) => problemLines(warning, colors, `${colors.yellow("warning:")} `));
    if (problems.length === 0) {
      const warned = warnings.length === 0 ? "" : `, ${count(warnings.length, "warning")}`;
      lines.push(`${colors.green("✓")} ${count(models.size, "model")} checked, no problem${warned}`);
      return { result, text: lines.join("\n") };
    }
    const refusal = new SlipwayError("SPEC_INVALID", `${count(problems.length, "problem")} found`, { problems });
    return { result, text: lines.join("\n"), refusal };
  } finally {
    await close();
  }
}

/** What was measured of the models' newest versions, as the registry in this repository has them; nothing where it cannot be read. */
async function measuredModels(
  workspace: Workspace,
  models: readonly string[],
): Promise<ReadonlyMap<string, readonly MeasuredVersion[]>> {
  if (models.length === 0) return new Map();
  const objects = await openObjects(workspace.folder);
  try {
    const snapshot = await (await registryOn(objects, undefined, undefined)).snapshot();
    const found = new Map<string, readonly MeasuredVersion[]>();
    for (const model of models) found.set(model, await newestMeasured(snapshot, model));
    return found;
  } catch (error) {
    if (error instanceof SlipwayError) return new Map();
    throw error;
  } finally {
    await objects.close();
  }
}
