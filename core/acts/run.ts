import { join } from "node:path";
import type { Artifact, Manifest } from "../../schemas/manifest.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { SlipwayError } from "../errors.ts";
import { localExecutor } from "../executors/local.ts";
import { editNote } from "../experiments/run-notes.ts";
import { makeStateFolder } from "../git/state-folder.ts";
import type { Scored } from "../metrics/scored.ts";
import { type FingerprintInputs, fingerprint, fingerprintInputs } from "../plan/fingerprint.ts";
import type { Report } from "../report/report.ts";
import { detectRuntime } from "../runtime/runtime.ts";
import { openCommit } from "../source/commit.ts";
import type { SourceTree } from "../source/tree.ts";
import { diagnosticsOf } from "../spec/diagnostics.ts";
import { checkPass, passableBy } from "../spec/pass-rules.ts";
import { type LoadedModel, loadProject, type Project } from "../spec/project.ts";
import { gatesOf } from "../spec/stage-gates.ts";
import { unsupportedSpec } from "../spec/unsupported.ts";
import { environmentCommands } from "../stages/load-code.ts";
import type { LoadedRun, RunSource } from "../stages/run-source.ts";
import { runHere } from "../stages/run-stages.ts";
import type { RunDependencies } from "../stages/runnable-model.ts";
import type { StepEvents } from "../stages/steps.ts";
import { nearFirst } from "../stores/near-first.ts";
import { type ArtifactStore, withAbout } from "../stores/store.ts";
import { beginRun } from "./begin-run.ts";
import { decidingBranch } from "./binding.ts";
import { commitDate } from "./commit-date.ts";
import { comparedVersions } from "./compared-versions.ts";
import { keepSummary } from "./local-runs-here.ts";
import type { Ports } from "./ports.ts";
import { METRIC_RULES } from "./project.ts";
import { openRunSource, type SourcePlace } from "./run-source.ts";
import { readLedger } from "./spend-tries.ts";
import { testRequest } from "./test-request.ts";
import { findTrained, rememberTrained } from "./trained.ts";
import { changesSince, writeReport } from "./write-report.ts";

export interface RunOptions extends Pick<StepEvents, "onOutput" | "onStep">, Pick<SourcePlace, "transfer"> {
  project: Project;
  model: LoadedModel;
  tree: SourceTree;
  source: RunResult["source"];
  /** From the default branch's own commit; otherwise the run is advisory. */
  binding: boolean;
  /** What was set on the command line in place of what the spec says: such a run is a try, and becomes no version. */
  tried?: readonly string[] | undefined;
  /** What a person wants to remember of it. */
  note?: string | undefined;
  /** The files of a version that was imported, to be evaluated: nothing is trained. */
  given?: { artifact: Artifact; version: number } | undefined;
  /** The model's name in the registry, where that may be another than its spec's. */
  registered?: string | undefined;
  /** Train again, even where an earlier run's artifact has the same fingerprint. */
  fresh?: boolean | undefined;
  /** This machine will do for what `runs-on` names. */
  here?: boolean | undefined;
}

/**
 * Runs one model, all its stages in this process. Takes an earlier artifact of the same fingerprint, compares with the
 * versions that its gates name and with Production, tries the gates of every stage, and writes report.md and charts beside
 * result.json. A failure that a person can mend is a result, not an error; what cannot be honoured on this machine rejects
 * with UNSUPPORTED before anything runs.
 */
export async function runOne(ports: Ports, options: RunOptions): Promise<{ run: RunResult; report: Report }> {
  const { project, model, tree, source, binding, tried, note, transfer, onOutput, onStep } = options;
  const { workspace, signal } = ports;
  refuseUnsupported(options);
  const tip = await readTip(ports, model.name);
  const deps = dependenciesBy(ports, tip?.policy ?? project.policy);
  const loaded = loadHere(ports, options, deps);
  // What is not there is told before anything runs.
  const inputs = await fingerprintInputs(model, options.tree);
  let scored: Scored | undefined;
  let production: Manifest | undefined;

  await makeStateFolder(workspace);
  const runs = join(workspace.state, "runs");
  const run = await runHere(
    {
      ...{ ...deps, store: await keepingStore(ports, options), model: model.name, signal, onOutput, onStep },
      report: async (made) => {
        ({ scored, production } = made);
        return undefined;
      },
    },
    {
      ...{ source, binding, tried, runs },
      begin: async (folder, id) => {
        await beginRun(ports, folder, { run: id, model, tree, source, binding, tried, inputs });
        if (note) await editNote(workspace.state, id, (said) => ({ ...said, note }));
      },
      open: (folder) =>
        openHere(
          ports,
          options,
          { loaded, inputs, tip },
          { folder, cache: deps.cache, env: deps.caller, transfer, signal },
        ),
    },
  );
  await rememberTrained(workspace, run);
  const changes = production && changesSince(production, run, model);
  const folder = join(runs, run.run);
  const report = await writeReport(folder, run, scored, changes);
  await keepSummary(folder, run);
  return { run, report };
}

/**
 * Where the run's bytes stay: a version's in the store of versions, which is told of the commit; others in this clone's own
 * where that store is a service, which nobody's experiments should fill.
 */
async function keepingStore(
  { store, ownStore, objects }: Pick<Ports, "store" | "ownStore" | "objects">,
  { source: { commit, dirty }, model, binding }: RunOptions,
): Promise<ArtifactStore> {
  if (!binding && ownStore) return ownStore;
  const created = commit === undefined || dirty ? undefined : await commitDate({ objects }, commit);
  if (commit === undefined || created === undefined) return store;
  return withAbout(store, { model: model.name, commit, created });
}

function refuseUnsupported({ model: { name, path, position, spec }, here = false }: RunOptions): void {
  const problems = unsupportedSpec(spec, { path, position }, { here });
  if (problems.length > 0) throw new SlipwayError("UNSUPPORTED", `${name} cannot run here`, { problems });
}

/** Rejects with SPEC_INVALID where the model asks for what the policy does not let it have: that is no run's result. */
function loadHere(
  { store, ownStore }: Pick<Ports, "store" | "ownStore">,
  { project, model, tree, given }: RunOptions,
  { passable = [], policyStore }: RunDependencies,
): LoadedRun {
  const { name, folder, path, spec, position, blob } = model;
  const refused = diagnosticsOf(path, { position });
  checkPass(spec, { slipway: 1, environment: { pass: [...passable] } }, refused, "slipway.yaml of the default branch");
  if (refused.problems.length > 0) {
    throw new SlipwayError("SPEC_INVALID", `${name} may not have all that it asks for`, { problems: refused.problems });
  }
  const gates = gatesOf(project, model);
  return {
    model: { name, folder, path, spec, tree, position },
    ...{
      specBlob: blob,
      problems: [],
      gates,
      asked: gates,
      budget: project.policy.tries,
      pass: passable,
      given,
      store: ownStore ? nearFirst(ownStore, store) : store,
      policyStore,
    },
    secrets: { train: [], predict: [] },
  };
}

function openHere(
  ports: Ports,
  options: RunOptions,
  { loaded, inputs, tip }: { loaded: LoadedRun; inputs: FingerprintInputs; tip: Tip | undefined },
  place: SourcePlace,
): RunSource {
  const { source, binding, model, project, registered = model.name, fresh } = options;
  const about = {
    ...{ commit: source.commit, binding, load: async () => loaded, inputs },
    compared: async () => {
      const gates = loaded.asked.map(({ gate }) => gate);
      return comparedVersions(await ports.registry.snapshot(), registered, gates);
    },
    testRows: async () => {
      const { policy = project.policy, models } = binding ? project : (tip ?? project);
      const deciding = models.get(model.name)?.spec;
      return testRequest(await ports.registry.snapshot(), source.commit, {
        ...{ policy, model: loaded.model, deciding, binding },
        tip: tip?.tree,
      });
    },
    tries: async (...test: Parameters<RunSource["tries"]>) =>
      (await readLedger(await ports.registry.snapshot(), ...test)).tries,
    reusable: async (_: unknown, own: string) => {
      const found = fresh ? undefined : await findTrained(ports.workspace, own);
      if (found === undefined) return [];
      const from = (await ports.ownStore?.has(found.artifact)) === "ok" ? ports.ownStore : undefined;
      return [{ ...found, fingerprint: own, ...(from ? { from } : {}) }];
    },
  };
  return openRunSource(ports, about, place);
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
  return dependenciesBy(ports, (await readTip(ports))?.policy ?? own);
}

function dependenciesBy({ store, workspace }: Pick<Ports, "store" | "workspace">, policy: Policy): RunDependencies {
  const { state, commonFolder } = workspace;
  return {
    ...{ store, cache: join(state, "cache"), caller: process.env },
    policyStore: policy.artifacts?.store,
    predictSecrets: policy.secrets?.predict,
    ...{ passable: passableBy(policy), executor: localExecutor({ readOnly: [state, commonFolder] }) },
  };
}

type Tip = Pick<Project, "policy" | "models"> & { tree: SourceTree };

/** What the default branch says of a model; undefined before its first commit. Of what cannot be read nothing is taken. */
async function readTip(
  ports: Pick<Ports, "workspace" | "remote" | "objects">,
  ...models: string[]
): Promise<Tip | undefined> {
  const branch = await decidingBranch(ports).catch((error: unknown) => {
    if (error instanceof SlipwayError && error.code === "NO_COMMIT") return undefined;
    throw error;
  });
  if (branch === undefined) return undefined;
  const tree = openCommit(ports.objects, branch.commit);
  return { ...(await loadProject(tree, METRIC_RULES, { models })), tree };
}
