import type { Decision } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { rulesFor, withEvaluation } from "../promotion/evaluated.ts";
import { type RecordedEvidence, type VerdictUnder, verdictUnder } from "../promotion/verdict-under.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { openCommit } from "../source/commit.ts";
import { POLICY_PATH, type SpecFiles } from "../spec/project.ts";
import { withFiles } from "../spec/with-files.ts";
import { gatesIn } from "./policy.ts";
import type { Ports } from "./ports.ts";

/** A recorded decision, beside what two policies say of it by what is on record. */
export interface ComparedVerdict {
  decision: Decision;
  /** By the default branch's policy. */
  today: VerdictUnder;
  /** By the one that is proposed. */
  proposed: VerdictUnder;
}

const OF_GATES = new Set(["GATE_FAILED", "GATE_INCONCLUSIVE", "APPROVALS_MISSING", "APPROVALS_UNAVAILABLE"]);

/**
 * What a proposed policy says of recorded decisions, by the evidence that is recorded with them: nothing is measured, compared
 * or spent, and nothing is written. A model whose spec the policy refuses has that as its reason.
 */
export async function compareVerdicts(
  { objects }: Pick<Ports, "objects">,
  snapshot: RegistrySnapshot,
  decisions: readonly Decision[],
  { tip, text }: { tip: CommitId; text: string },
): Promise<ComparedVerdict[]> {
  const here = openCommit(objects, tip);
  const edited = withFiles(here, { [POLICY_PATH]: text });
  const compared: ComparedVerdict[] = [];
  for (const decision of decisions) {
    const record = await snapshot.model(decision.model);
    const version = record && (await versionOf(snapshot, decision));
    const under = (tree: SpecFiles) =>
      record === undefined || version === undefined ? UNKNOWN : verdictBy(tree, tip, { decision, record, version });
    compared.push({ decision, today: await under(here), proposed: await under(edited) });
  }
  return compared;
}

const UNKNOWN: VerdictUnder = { outcome: "untold", open: [], why: ["its version was imported without an evaluation"] };

/** The version as it was when that was decided: what was evaluated since says nothing of it. */
async function versionOf(snapshot: RegistrySnapshot, { model, version, evaluation }: Decision) {
  const found = await snapshot.manifest(model, version);
  if (found === undefined) return undefined;
  if (evaluation === undefined) return found.manifest.imported === undefined ? { ...found } : undefined;
  const { number } = evaluation;
  const record = await snapshot.read({ kind: "evaluation", model, version, number });
  return withEvaluation(found, record && { record, blob: evaluation.blob });
}

async function verdictBy(
  tree: SpecFiles,
  tip: CommitId,
  { decision, record, version }: { decision: Decision; record: ModelRecord; version: Parameters<typeof rulesFor>[0] },
): Promise<VerdictUnder> {
  const { model, stage } = decision;
  try {
    const about = { displayName: record.display_name, ...rulesFor(version) };
    const { gates, stages, budget, policy } = await gatesIn(tree, tip, model, stage, about);
    const asked = { gates: stages.includes(stage) ? gates : undefined, approvals: policy.approvals, budget };
    return verdictUnder(asked, evidenceOf(decision, version.manifest.evaluation));
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const { file, line, message } = error.problems[0] ?? { message: error.message };
    const place = file === undefined ? "" : `${[file, line].filter((part) => part !== undefined).join(":")}: `;
    return { outcome: "kept-out", open: [], why: [`${place}${message}`] };
  }
}

function evidenceOf(decision: Decision, evaluation: RecordedEvidence["evaluation"]): RecordedEvidence {
  const { comparisons, tries = [], approvals = [], refusals } = decision;
  const other = new Set(refusals.flatMap(({ code }) => (OF_GATES.has(code) ? [] : [code])));
  return { evaluation, comparisons, tries, approvals: approvals.length, otherRefusals: [...other] };
}
