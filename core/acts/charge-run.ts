import type { CommitId, Person } from "../../schemas/names.ts";
import type { Try } from "../../schemas/try.ts";
import { timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { DEFAULT_TRIES } from "../gates/asked-level.ts";
import { measuredAs } from "../ledger/measured-as.ts";
import { decidingPolicy, type PolicyRead } from "../promotion/decide-promotion.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { RegistryChange } from "../registry/registry-change.ts";
import { newSources } from "../registry/sources.ts";
import { decideAndPublish } from "./decide-and-publish.ts";
import type { CompleteRun } from "./manifest-of.ts";
import { readGates, type StageRules } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { comparedLive, readLedger, type Spending, spendTries, type TryAbout } from "./spend-tries.ts";

/** The rules by which a run's tries are charged: it is asked every gate. */
type RunRules = Pick<StageRules, "every" | "budget" | "policy">;

/** A run that binds. `model` is the model's folder in the registry. */
interface BindingRun {
  run: CompleteRun;
  model: string;
  requestedBy: Person;
}

/** What a binding run costs its test set, whatever becomes of it. */
export async function chargeRun(
  snapshot: RegistrySnapshot,
  run: Pick<CompleteRun, "evaluation" | "predictions" | "data">,
  model: string,
  { every: gates, budget }: Pick<RunRules, "every" | "budget">,
): Promise<Spending> {
  const { evaluation, predictions, data } = run;
  const ledger = await readLedger(snapshot, evaluation.test, data.test_sketch);
  const live = await comparedLive(snapshot, model, evaluation.comparisons);
  return spendTries(ledger, {
    ...{ candidate: predictions.sha256, gates, live, budget },
    measured: measuredAs(evaluation),
  });
}

/** What a try says of the run that spent it. */
export function runAbout(
  run: CompleteRun,
  about: Omit<TryAbout, "policy" | "commit" | "run"> & { policy: PolicyRead },
): TryAbout {
  return { ...about, policy: decidingPolicy(about.policy), commit: run.source.commit, run: run.run };
}

/**
 * Counts a run that is refused before its gates are asked: what it found was seen all the same. What is recorded already is
 * not counted again.
 */
export async function countRun(ports: Ports, { run, requestedBy }: Omit<BindingRun, "model">): Promise<void> {
  await decideAndPublish(ports, async (snapshot, tip) => {
    const model = (await snapshot.find(run.model)) ?? run.model;
    const change = await countedAlone(ports, snapshot, tip, { run, model, requestedBy }, "refused");
    return { result: undefined, change };
  });
}

/** Whether this very run is on record: told again under other gates, it shows nothing that was not seen. */
export async function isCounted(
  snapshot: RegistrySnapshot,
  { run, predictions, evaluation }: Pick<CompleteRun, "run" | "predictions" | "evaluation">,
): Promise<boolean> {
  const tries = await snapshot.listOfTestSet("try", evaluation.test.sha256);
  return tries.some((made) => made.run === run && made.candidate === predictions.sha256);
}

/** What is written of a run that becomes no version: its tries, where they are new. */
export async function countedAlone(
  ports: Ports,
  snapshot: RegistrySnapshot,
  tip: CommitId,
  { run, model, requestedBy: by }: BindingRun,
  outcome: Try["outcome"],
): Promise<RegistryChange | undefined> {
  if (await isCounted(snapshot, run)) return undefined;
  const rules = await rulesOrNone(ports, tip, model, run.model);
  const { policy } = rules;
  const spending = await chargeRun(snapshot, run, model, rules);
  if (spending.uncountable) return undefined;
  const sources = await newSources(ports.objects, snapshot, [policy.blob, policy.specBlob]);
  const about = { model, act: "register", policy, by, at: timestamp(ports.clock()), host: ports.name } as const;
  return spending.alone(runAbout(run, { ...about, outcome }), sources);
}

/** Where the default branch's rules cannot be read, no gate is asked, and a look is a look. */
export async function rulesOrNone(ports: Ports, tip: CommitId, model: string, displayName: string): Promise<RunRules> {
  try {
    return await readGates(ports, tip, model, "register", { displayName });
  } catch (error) {
    if (!(error instanceof SlipwayError && error.kind === "input")) throw error;
    return { every: [], budget: DEFAULT_TRIES, policy: { commit: tip, approvals: 0 } };
  }
}
