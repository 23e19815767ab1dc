import type { Comparison } from "../../schemas/evaluation.ts";
import type { AskedGate } from "../../schemas/gate.ts";
import type { StageName } from "../../schemas/names.ts";
import type { TryTerms } from "../../schemas/try.ts";
import type { TryMade } from "../ledger/charge.ts";
import { measuredAs } from "../ledger/measured-as.ts";
import type { EvaluatedVersion } from "../promotion/evaluated.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { baselineComparisons } from "./baseline-comparisons.ts";
import { liveVersions } from "./compared-versions.ts";
import type { StageRules } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { comparedLive, readLedger, type Spending, spendTries } from "./spend-tries.ts";

/** What a decision on a stage rests on. */
export interface DecisionEvidence {
  comparisons: Comparison[];
  tries: TryTerms[];
  /** Stages whose comparison this host cannot make, and another one may. */
  elsewhere: StageName[];
  /** What it costs. Absent where there is nothing that a try could be of. */
  spending?: Spending;
}

/** How a version that was imported and never evaluated, or that is in the stage already, is decided on. */
export const NO_EVIDENCE: DecisionEvidence = { comparisons: [], tries: [], elsewhere: [] };

/**
 * Compares a version with what is live in the stages that its gates name, and charges it to the test set. With `preview`,
 * what is not paid for is not answered: no comparison is made then, and no try is there to rest on.
 */
export async function decisionEvidence(
  ports: Ports,
  snapshot: RegistrySnapshot,
  { manifest, evaluation }: EvaluatedVersion,
  { gates, every, budget }: Pick<StageRules, "gates" | "every" | "budget">,
  preview: boolean,
): Promise<DecisionEvidence> {
  if (manifest.imported && evaluation === undefined) return NO_EVIDENCE;
  const { model } = manifest;
  const ledger = await readLedger(snapshot, manifest.evaluation.test);
  const charge = async (comparisons: readonly Comparison[]) =>
    spendTries(ledger, {
      ...{ candidate: manifest.predictions.sha256, gates, budget },
      measured: measuredAs(manifest.evaluation),
      live: await comparedLive(snapshot, model, comparisons),
    });
  const met = ledger.tries.filter(({ candidate }) => candidate === manifest.predictions.sha256);
  let unpaid: Comparison[] | undefined;
  if (preview) {
    const withheld = await withheldComparisons(snapshot, model, gates);
    const spending = await charge(withheld.map((each) => ({ ...each, predictions: "kept" })));
    // What met this version before may be paid for: a version that predicts again is told by what comes of it.
    const isNew = ({ live }: TryMade) => !met.some((each) => each.live?.version === live?.version);
    if (spending.fresh.some(isNew)) return { comparisons: withheld, tries: [], elsewhere: [], spending };
    unpaid = withheld;
  }
  const { comparisons, elsewhere } = await baselineComparisons(ports, snapshot, manifest, { gates, every, budget });
  const spending = await charge(comparisons);
  if (unpaid && spending.fresh.length > 0) return { comparisons: unpaid, tries: [], elsewhere, spending };
  return { comparisons, tries: spending.terms, elsewhere, spending };
}

/** What is live in the stages that gates name, not compared with. */
async function withheldComparisons(
  snapshot: RegistrySnapshot,
  model: string,
  gates: readonly AskedGate[],
): Promise<Comparison[]> {
  const stages: StageName[] = [...new Set(gates.flatMap(({ gate }) => gate.versus ?? []))];
  const live = await liveVersions(snapshot, model, stages);
  return stages.map((stage): Comparison => {
    const version = live[stage]?.version;
    const none = { stage, rows: 0, metrics: {} };
    return version === undefined
      ? { ...none, predictions: "none" }
      : { ...none, version, predictions: "unavailable", reason: "comparing costs a try, which is not spent yet" };
  });
}
