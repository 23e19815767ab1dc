import type { Evaluation } from "../../schemas/evaluation.ts";
import type { Sha256 } from "../../schemas/names.ts";
import type { Try } from "../../schemas/try.ts";
import { measuredAs } from "../ledger/measured-as.ts";
import { type Finding, wrong } from "./finding.ts";
import type { ModelRecords } from "./model-records.ts";
import type { HeldInLedger } from "./verify-ledger.ts";

type HeldTry = Extract<HeldInLedger, { kind: "try" }>;

/** What a version's records say of predictions that were judged. */
interface Judged {
  predictions: Sha256;
  evaluation: Evaluation;
  /** The run that judged them; undefined where the records do not tell. */
  run: string | undefined;
}

/** What an act with a version comes to. Without a version a try tells of a look that came to nothing. */
const OUTCOMES: Record<Try["act"], readonly Try["outcome"][]> = {
  register: ["registered"],
  evaluate: ["evaluated"],
  compare: ["unchanged"],
  promote: ["promoted", "rolling-out", "refused", "waiting", "unchanged"],
};
const NOTHING: readonly Try["outcome"][] = ["refused", "unchanged"];

export function triesByModel(ledger: readonly HeldInLedger[]): Map<string, HeldTry[]> {
  const tries = new Map<string, HeldTry[]>();
  for (const held of ledger) {
    if (held.kind !== "try") continue;
    const { model } = held.record;
    const known = tries.get(model);
    if (known) known.push(held);
    else tries.set(model, [held]);
  }
  return tries;
}

/**
 * Holds what a model's tries say of its versions against the versions' records: whose predictions were judged, how they were
 * measured, by which run, and what came of it. `records` are undefined where there is no such model.
 */
export function verifyTries(records: ModelRecords | undefined, tries: readonly HeldTry[]): Finding[] {
  return tries.flatMap(({ at, record: made }) => {
    const fault = faultOf(made, records);
    return fault === undefined ? [] : [wrong("LEDGER_WRONG", at, `Try ${at.id} of ${made.model}: ${fault}.`)];
  });
}

function faultOf(made: Try, records: ModelRecords | undefined): string | undefined {
  const { act, version, outcome } = made;
  if (version === undefined) return NOTHING.includes(outcome) ? undefined : `it says ${outcome}, and of no version`;
  if (!OUTCOMES[act].includes(outcome)) return `it says ${outcome} of version ${version}, and was spent to ${act} it`;
  const all = records === undefined ? [] : judgedOf(records, version);
  if (all.length === 0) return `it names version ${version}, which has no manifest`;
  const judged = all.filter(({ predictions }) => predictions === made.candidate);
  if (judged.length === 0) return `its predictions are not those of version ${version}`;
  // A later run of a version may be measured otherwise, and only some of them leave a record.
  if (act === "compare") return undefined;
  const measured = judged.filter(({ evaluation }) => fits(made, evaluation));
  if (measured.length === 0) return `its predictions were not measured as those of version ${version}`;
  if (act === "promote" || measured.some(({ run }) => run === undefined || run === made.run)) return undefined;
  return `it names the run ${made.run ?? "of nobody"}, and version ${version} another one`;
}

function judgedOf(records: ModelRecords, version: number): Judged[] {
  const { model } = records;
  const manifest = records.get({ kind: "version", model, version })?.record;
  if (manifest === undefined) return [];
  const evaluations = records.of("evaluation").filter(({ record }) => record.version === version);
  // Of an artifact that was taken again, the manifest names the run that trained it.
  const run = manifest.artifact_from === "reused" ? undefined : manifest.source.run;
  const { predictions, evaluation } = manifest;
  return [
    { predictions: predictions.sha256, evaluation, run },
    ...evaluations.map(({ record }) => ({
      ...{ predictions: record.predictions.sha256, evaluation: record.evaluation, run: record.run },
    })),
  ];
}

function fits({ measured }: Try, evaluation: Evaluation): boolean {
  const known = measuredAs(evaluation);
  return Object.entries(measured).every(([name, digest]) => known[name] === digest);
}
