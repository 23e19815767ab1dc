import type { Person } from "../../schemas/names.ts";
import type { RunRecord } from "../../schemas/run-summary.ts";
import { sha256 } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { readParams } from "../json-text.ts";
import { openCommit } from "../source/commit.ts";
import { withParams } from "../spec/set-params.ts";
import { MAX_YAML_BYTES } from "../spec/yaml.ts";
import { decidingBranch } from "./binding.ts";
import type { Ports } from "./ports.ts";
import { soundProject } from "./project.ts";
import type { ProposedFiles } from "./propose.ts";

/**
 * What makes a run's params and seed the model's own: its spec on the default branch with these in place of its own, and nothing
 * else changed. Rejects with MODEL_UNKNOWN where it is not there, and with USAGE where the run's params are not on record, or are
 * the spec's already.
 */
export async function adoptRun(
  ports: Pick<Ports, "objects" | "workspace" | "remote">,
  { run, model: name, given, seed, note, from, pull_request }: RunRecord,
  by: Person,
): Promise<ProposedFiles> {
  if (given === undefined)
    throw new SlipwayError("USAGE", `The params of run ${run} are not on record`, {
      hint: "Set them in model.yaml by hand: the run's page shows them.",
    });
  const { commit } = await decidingBranch(ports);
  const tree = openCommit(ports.objects, commit);
  const model = (await soundProject(tree, [name])).models.get(name);
  const content = model && (await tree.read(model.path, MAX_YAML_BYTES));
  if (model === undefined || content === undefined)
    throw new SlipwayError("MODEL_UNKNOWN", `There is no model ${name} on the default branch`);
  const before = content.toString("utf8");
  const { train } = model.spec;
  if (train === undefined) throw new SlipwayError("USAGE", `${name} trains nothing, so that it has no params`);
  if (given === (train.params ?? "{}") && seed === (train.seed ?? 0))
    throw new SlipwayError("USAGE", `${name} has the params and the seed of run ${run} already`, {
      expected: "a run with other params than the default branch's spec",
    });
  const after = withParams(before, readParams(given), seed);
  const where = from === "pull" ? `run ${run} of #${pull_request}` : `run ${run}`;
  return {
    // The same run against the same spec is the same branch.
    branch: `slipway/adopt-${name}-${sha256(`${run} ${before}`).slice(0, 12)}`,
    title: `Train ${name} as run ${run} did`,
    body: [`Params and seed of ${where}. Its code stays as it is here.`, ...(note ? ["", note] : [])].join("\n"),
    files: { [model.path]: after },
    by,
  };
}
