import { join } from "node:path";
import type { CommitId } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { TrainedArtifact } from "../../schemas/trained-artifact.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import type { Experiments } from "../experiments/open.ts";
import { judgeChanges, judgeOf } from "../plan/judge-changes.ts";
import { openCommit } from "../source/commit.ts";
import type { SourceTree } from "../source/tree.ts";
import { diagnosticsOf } from "../spec/diagnostics.ts";
import { forkProblems } from "../spec/fork.ts";
import { checkPass, passableBy } from "../spec/pass-rules.ts";
import { type LoadedModel, loadProject, POLICY_PATH, type Project } from "../spec/project.ts";
import { gatesOf } from "../spec/stage-gates.ts";
import { unsupportedSpec } from "../spec/unsupported.ts";
import { type ActionsUri, parseActionsUri } from "../stages/actions-uri.ts";
import { bundleStore } from "../stages/bundle.ts";
import type { LoadedRun, Reusable, RunSource } from "../stages/run-source.ts";
import type { RunnableModel } from "../stages/runnable-model.ts";
import { durableOrNone } from "../stores/open/durable-store.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { commitDate } from "./commit-date.ts";
import { comparedVersions } from "./compared-versions.ts";
import { findReusable } from "./find-reusable.ts";
import { labelsPassedOn } from "./labels-passed-on.ts";
import type { Ports } from "./ports.ts";
import { METRIC_RULES, soundProject } from "./project.ts";
import { mayReuse, mayStore, type Origin } from "./run-rights.ts";
import { once, openRunSource, type SourcePlace } from "./run-source.ts";
import { readLedger } from "./spend-tries.ts";
import { findStoreProblem } from "./store-problem.ts";
import { testRequest } from "./test-request.ts";
import { type Sealing, whyNotSealed } from "./why-not-sealed.ts";

/** A commit that is run, and the default branch's tip, whose policy holds for it. */
export interface CommitRun {
  commit: CommitId;
  tip: CommitId;
  origin: Origin;
  /** The default branch says what is scored and how, as sealed labels want it: rejects with JUDGE_CHANGED where the commit says it otherwise. */
  judgedByTip?: boolean | undefined;
}

/** What a job of the pipeline reads of the repository. */
export interface CommitPorts extends Pick<Ports, "objects" | "registry"> {
  /** Brings a commit's files here, where they are not yet. */
  bring(commit: CommitId): Promise<void>;
  experiments: Pick<Experiments, "refresh" | "read" | "list">;
  /** Brings what a job of an earlier run handed over into a folder. Rejects with ARTIFACT_MISSING if it is kept no more. */
  earlier?(job: ActionsUri, folder: string): Promise<void>;
  /** Of the job that opens labels which no other may open. */
  sealing?: Sealing | undefined;
  /** Takes the repository out of user code's reach. */
  leave?: RunSource["leave"];
}

/** The source of a run of a commit, which reads one state of the registry. */
export function openCommitSource(ports: CommitPorts, name: string, run: CommitRun, place: SourcePlace): RunSource {
  const { commit, origin } = run;
  const binding = origin === "default-branch";
  const { sealing } = ports;
  // One state of the registry, fetched once, whatever is asked of it.
  const snapshot = once(() => ports.registry.snapshot());
  const sealed = async (labels: readonly string[]) => {
    const { policy } = await loadTip(ports, name, run);
    if (sealing === undefined) return undefined;
    const passedOn = () => labelsPassedOn(openCommit(ports.objects, run.tip));
    return (await whyNotSealed(labels, policy, sealing)) ?? (await passedOn());
  };
  return openRunSource(
    ports,
    {
      ...{ commit, binding, bring: ports.bring, ...(sealing ? { whyNotSealed: sealed } : {}) },
      load: () => loadRun(ports, name, run),
      compared: async ({ asked }) =>
        comparedVersions(
          await snapshot(),
          name,
          asked.map(({ gate }) => gate),
        ),
      testRows: async ({ model }) => {
        const { policy, models } = await loadTip(ports, name, run);
        const tip = openCommit(ports.objects, run.tip);
        const about = { policy, model, deciding: models.get(name)?.spec, binding, tip };
        return testRequest(await snapshot(), commit, about);
      },
      tries: async (...test) => (await readLedger(await snapshot(), ...test)).tries,
      reusable: async (inputs) => {
        const { policy } = await loadTip(ports, name, run);
        if (!mayReuse(policy, origin)) return [];
        await ports.experiments.refresh();
        const found = await findReusable(ports.experiments, name, inputs);
        return found.map((each) => withEarlierRun(ports, each, place));
      },
      committedAt: () => commitDate(ports, commit),
      storeProblem: async () => findStoreProblem((await loadTip(ports, name, run)).policy.artifacts?.store),
      ...(ports.leave ? { leave: ports.leave } : {}),
    },
    place,
  );
}

/** A pull request's artifact is where its run left it. */
function withEarlierRun({ earlier }: CommitPorts, trained: TrainedArtifact, { folder }: SourcePlace): Reusable {
  const job = parseActionsUri(trained.artifact.uri);
  if (job === undefined || earlier === undefined) return trained;
  const getFolder: ArtifactStore["getFolder"] = async (...asked) => {
    const at = join(folder, `earlier-${trained.fingerprint}`);
    await earlier(job, at);
    await bundleStore(at, trained.artifact.uri).getFolder(...asked);
  };
  return { ...trained, from: { getFolder } };
}

/** Reads what a run is about. Rejects with SPEC_INVALID, MODEL_UNKNOWN or POLICY_INVALID. */
async function loadRun(ports: Pick<Ports, "objects">, name: string, run: CommitRun): Promise<LoadedRun> {
  const { commit, tip, origin } = run;
  const tree = openCommit(ports.objects, commit);
  const project = await soundProject(tree, [name]);
  const model = project.models.get(name) as LoadedModel;
  const atTip = tip === commit ? project : await loadTip(ports, name, run);
  const { policy } = atTip;
  const gates = gatesOf(project, model);
  const there = gatesOf(atTip, atTip.models.get(name) ?? model);
  const known = new Set(gates.map(canonicalJson));
  const more = there.filter((gate) => !known.has(canonicalJson(gate)));
  const durable = durableOrNone(policy.artifacts?.store);
  const secrets = origin === "fork" ? undefined : policy.secrets;
  const about = {
    model: { name, folder: model.folder, path: model.path, spec: model.spec, tree, position: model.position },
    specBlob: model.blob,
    problems: problemsOf(model, policy, origin),
    ...{ gates, asked: [...gates, ...more], budget: policy.tries, store: durable.store, pass: passableBy(policy) },
    // The tip's, where they are others; for a model that is new, the tip's floors and the model's own.
    deciding: canonicalJson(there) === canonicalJson(gates) ? undefined : { commit: tip, gates: there },
    secrets: { train: secrets?.train ?? [], predict: secrets?.predict ?? [] },
    policyStore: policy.artifacts?.store,
    storeAddress: mayStore(origin) ? durable.address : undefined,
  };
  if (!run.judgedByTip) return about;
  const judge = atTip.models.get(name);
  await refuseOtherJudge(about.model, judge && { model: judge, tree: openCommit(ports.objects, tip) });
  const spec = { ...model.spec, gates: judge?.spec.gates };
  return { ...about, model: { ...about.model, spec }, gates: there, asked: there, deciding: undefined };
}

/** What sealed labels are asked is the default branch's to say, or a change could ask them one by one. */
async function refuseOtherJudge(
  head: RunnableModel,
  base: { model: LoadedModel; tree: SourceTree } | undefined,
): Promise<void> {
  const there = base && (await judgeOf(base.model, base.tree));
  const changes = judgeChanges(there, await judgeOf(head, head.tree));
  if (changes.length === 0) return;
  throw new SlipwayError("JUDGE_CHANGED", `${head.name} is scored on its sealed labels once this is merged`, {
    expected: "what is scored and how as the default branch has it",
    found: `this changes ${changes.slice(0, 10).join(", ")}${changes.length > 10 ? " …" : ""}`,
  });
}

/** The default branch's tip, whose policy decides: store, secrets, whether artifacts are taken again. */
async function loadTip(ports: Pick<Ports, "objects">, name: string, { tip }: CommitRun): Promise<Project> {
  const project = await loadProject(openCommit(ports.objects, tip), METRIC_RULES, { models: [name] });
  const wrong = project.problems.filter(({ file }) => file === POLICY_PATH);
  if (wrong.length === 0) return project;
  throw new SlipwayError("POLICY_INVALID", "slipway.yaml of the default branch cannot be read", { problems: wrong });
}

/** What a model may not have here, by the default branch's policy, whatever this commit's says. */
function problemsOf(model: LoadedModel, policy: Policy, origin: Origin): Problem[] {
  const pass = diagnosticsOf(model.path, model);
  checkPass(model.spec, policy, pass, "slipway.yaml of the default branch");
  return [
    ...unsupportedSpec(model.spec, model, { here: true, containers: true }),
    ...pass.problems,
    ...(origin === "fork" ? forkProblems(model.spec, model) : []),
  ];
}
