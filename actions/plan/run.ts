import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { planBetween } from "../../core/acts/plan.ts";
import { METRIC_RULES } from "../../core/acts/project.ts";
import { SlipwayError } from "../../core/errors.ts";
import { planReport } from "../../core/report/plan-report.ts";
import { toMarkdown } from "../../core/report/to-markdown.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadProject } from "../../core/spec/project.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { openRunRepository, type RunRepository } from "../job/repository.ts";
import { type RunFacts, readRunFacts } from "../job/run-facts.ts";
import { SUMMARY_LIMIT } from "../job/summary.ts";
import { tellProblems } from "../job/tell-problem.ts";
import { matrixOf } from "./matrix.ts";

/** GitHub's cap on a job's outputs, less some room. */
const MAX_OUTPUT = 1_000_000;

/**
 * Plans from the event: which models changed, and how each of them runs. A spec that cannot be read is annotated at
 * its mistake, and stops no other model.
 */
export async function run(ports: ActionPorts): Promise<ActionOutcome> {
  const { env } = ports;
  const facts = readRunFacts(ports.context);
  const runner = runnerInput(ports);
  const home = await mkdtemp(join(env["RUNNER_TEMP"] || tmpdir(), "slipway-"));
  const repository = await openRunRepository(home, facts.repository, ports.input("token"));
  try {
    const base = await baseOf(repository, facts);
    await repository.bring(facts.head);
    const plan = await planBetween(repository, base, facts.head);
    const tree = openCommit(repository.objects, facts.head);
    const names = plan.models.filter(({ steps }) => steps.length > 0).map(({ model }) => model);
    const project = await loadProject(tree, METRIC_RULES, { models: names });
    const models = names.flatMap((name) => project.models.get(name) ?? []);
    const include = matrixOf(models, facts, runner);
    const matrix = JSON.stringify({ include });
    if (matrix.length > MAX_OUTPUT) {
      throw new SlipwayError("UNSUPPORTED", "The plan is larger than a job's output may be", {
        expected: `at most ${MAX_OUTPUT} characters`,
        found: String(matrix.length),
      });
    }
    const problems = plan.models.flatMap(({ problem }) => problem ?? []);
    ports.output("matrix", matrix);
    ports.output("count", String(include.length));
    ports.output("head", facts.head);
    ports.output("problems", String(problems.length));
    await ports.summary(toMarkdown(planReport(plan), { limit: SUMMARY_LIMIT }));
    tellProblems(ports, problems);
    return { outcome: "succeeded" };
  } finally {
    await repository.close();
    await removeTree(home);
  }
}

/** What the head is compared with; where that is gone (a forced push) or has nothing in common, everything counts as changed. */
async function baseOf(repository: RunRepository, { head, base }: RunFacts): Promise<CommitId | undefined> {
  if (base === undefined) return undefined;
  try {
    const commit = base.branchPoint ? await repository.branchPoint(base.commit, head) : base.commit;
    if (commit !== undefined) await repository.bring(commit);
    return commit;
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NO_COMMIT") return undefined;
    throw error;
  }
}

const Labels = z.union([z.string().min(1).max(200), z.array(z.string().min(1).max(200)).min(1).max(20)]);

function runnerInput(ports: ActionPorts): string | string[] {
  const text = ports.input("runs-on") || '"ubuntu-latest"';
  try {
    return Labels.parse(JSON.parse(text));
  } catch {
    throw new SlipwayError("USAGE", "The input `runs-on` is not a runner's label or labels as JSON", {
      expected: '"ubuntu-latest" or ["self-hosted", "linux"], with the quotes',
      found: text.slice(0, 100),
    });
  }
}
