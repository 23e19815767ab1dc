import { join } from "node:path";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { SlipwayError } from "../errors.ts";
import { localExecutor } from "../executors/local.ts";
import { makeStateFolder } from "../git/state-folder.ts";
import { evaluateOptions } from "../metrics/evaluate-options.ts";
import { readDataLock } from "../plan/data-lock.ts";
import { fingerprint } from "../plan/fingerprint.ts";
import type { Report } from "../report/report.ts";
import { detectRuntime } from "../runtime/runtime.ts";
import { openCommit } from "../source/commit.ts";
import type { SourceTree } from "../source/tree.ts";
import { diagnosticsOf } from "../spec/diagnostics.ts";
import { checkPass, passableBy } from "../spec/pass-rules.ts";
import { type LoadedModel, loadPolicy, type Project } from "../spec/project.ts";
import { unsupportedSpec } from "../spec/unsupported.ts";
import { environmentCommands } from "../stages/load-code.ts";
import { runModel } from "../stages/run-model.ts";
import type { RunDependencies, RunRequest, ScoredRun } from "../stages/run-request.ts";
import { decidingBranch } from "./binding.ts";
import { compareWithStages, recomputeHere } from "./compare-versions.ts";
import { withDataRoot } from "./data-root.ts";
import { comparedStages, gatesOf, tryGates } from "./judge.ts";
import type { Ports } from "./ports.ts";
import { METRIC_RULES } from "./project.ts";
import { findTrained, rememberTrained } from "./trained.ts";
import { changesSince, writeReport } from "./write-report.ts";

export interface RunOptions extends Pick<RunRequest, "onOutput" | "onStep" | "source" | "binding" | "tried" | "given"> {
  project: Project;
  model: LoadedModel;
  tree: SourceTree;
  /** The model's name in the registry, where that may be another than its spec's. */
  registered?: string | undefined;
  /** Train again, even where an earlier run's artifact has the same fingerprint. */
  fresh?: boolean | undefined;
  /** This machine will do for what `runs-on` names. */
  here?: boolean | undefined;
}

/**
 * Runs one model: validate → setup → train → predict → score → report. Takes an earlier artifact of the same fingerprint,
 * compares with the versions that its gates name and with Production, tries the gates of every stage, and writes
 * report.md and charts beside result.json. A failure that a person can mend is a result, not an error; what cannot be
 * honoured on this machine rejects with UNSUPPORTED before anything runs.
 */
export async function runOne(ports: Ports, options: RunOptions): Promise<{ run: RunResult; report: Report }> {
  const { project, model: loaded, tree, fresh, here = false, registered = options.model.name, ...rest } = options;
  const { workspace } = ports;
  const { name, folder, path, spec, position } = loaded;
  const problems = unsupportedSpec(spec, { path, position }, { here });
  if (problems.length > 0) throw new SlipwayError("UNSUPPORTED", `${name} cannot run here`, { problems });

  const model = { name, folder, path, spec, tree, position };
  const deps = await runDependencies(ports, project.policy);
  const refused = diagnosticsOf(path, { position });
  checkPass(spec, { slipway: 1, environment: { pass: [...(deps.passable ?? [])] } }, refused, DEFAULT_BRANCHS);
  if (refused.problems.length > 0) {
    throw new SlipwayError("SPEC_INVALID", `${name} may not have all that it asks for`, { problems: refused.problems });
  }
  const identity = await fingerprintHere(loaded, tree);
  const lock = await readDataLock(tree, folder);
  const gates = gatesOf(project, loaded);
  let scored: ScoredRun["scored"] | undefined;
  let baseline: Manifest | undefined;

  await makeStateFolder(workspace);
  const request = {
    ...rest,
    model,
    fingerprint: identity,
    gates: gates.map(({ gate }) => gate),
    ...(lock ? { lock } : {}),
    runs: join(workspace.state, "runs"),
    reuse: fresh ? undefined : await findTrained(workspace, identity),
    signal: ports.signal,
    afterScore: async (candidate: ScoredRun) => {
      scored = candidate.scored;
      const snapshot = await ports.registry.snapshot();
      const compared = await comparedStages(snapshot, registered, gates);
      baseline = compared.baseline;
      const asked = evaluateOptions(
        spec,
        gates.map(({ gate }) => gate),
      );
      const rows = { ...candidate, spec, recompute: recomputeHere(ports, candidate) };
      const comparisons = await compareWithStages(ports, snapshot, registered, compared.stages, rows, asked);
      return { comparisons, gates: tryGates(gates, { evaluation: candidate.evaluation, comparisons }) };
    },
  };
  const run = await withDataRoot(loaded, tree, (root) => runModel(deps, { ...request, root }));
  await rememberTrained(workspace, run);
  const changes = baseline && changesSince(baseline, run, loaded);
  const report = await writeReport(join(workspace.state, "runs", run.run), run, scored, changes);
  return { run, report };
}

/** A model's fingerprint with the program versions of this machine. */
export async function fingerprintHere(model: LoadedModel, tree: SourceTree) {
  const runtime = await detectRuntime(environmentCommands(model.spec), process.env["PATH"]);
  return (await fingerprint(model, tree, runtime)).fingerprint;
}

/**
 * What runs on this machine need. What may be handed on to user code is the default branch's to say, as long as it has a
 * commit: a branch's own policy widens nothing. `own` counts before the first commit.
 */
export async function runDependencies(
  ports: Pick<Ports, "store" | "workspace" | "remote" | "objects">,
  own: Policy = { slipway: 1 },
): Promise<RunDependencies> {
  const { state, commonFolder } = ports.workspace;
  const branch = await decidingBranch(ports).catch((error: unknown) => {
    if (error instanceof SlipwayError && error.code === "NO_COMMIT") return undefined;
    throw error;
  });
  // Of a policy that cannot be read nothing is taken.
  const { policy } = branch
    ? await loadPolicy(openCommit(ports.objects, branch.commit), METRIC_RULES)
    : { policy: own };
  return {
    ...{ store: ports.store, cache: join(state, "cache"), caller: process.env },
    ...{ passable: passableBy(policy), executor: localExecutor({ readOnly: [state, commonFolder] }) },
  };
}

const DEFAULT_BRANCHS = "slipway.yaml of the default branch";
