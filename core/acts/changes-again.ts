import type { Change } from "../../schemas/change.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { endStages } from "../promotion/end-stages.ts";
import type { EvaluatedVersion } from "../promotion/evaluated.ts";
import { changeTaggedAt } from "../promotion/tag-times.ts";
import { type Finding, wrong } from "../registry/finding.ts";
import type { Held } from "../registry/model-records.ts";
import { inOneLine } from "../registry/record-difference.ts";

/** A model's records up to a moment. */
interface Past {
  record: ModelRecord;
  decided: readonly Decision[];
  changed: readonly Change[];
  seen: ReadonlyMap<number, EvaluatedVersion>;
}

/** Of what is shown. */
const LONGEST = 300;

/** What is wrong with a change: whether it is about the version's bytes, empties what it has to, and is tagged when it has to be. */
export function changedAgain(state: Past, { at, record: change }: Held<"change">): Finding[] {
  const { record, seen } = state;
  const { id, ends = [], version, manifest } = change;
  const about = version === undefined ? undefined : seen.get(version);
  const findings: Finding[] = [];
  if (about?.blob !== manifest)
    findings.push(wrong("CHANGE_WRONG", at, `Change ${id} is about other bytes than version ${version}'s.`));
  const ended = endedBy(state, change);
  if (inOneLine(ended) !== inOneLine(ends))
    findings.push(
      wrong("CHANGE_WRONG", at, `Change ${id} empties other stages than it has to.`, {
        expected: inOneLine(ended).slice(0, LONGEST),
        found: inOneLine(ends).slice(0, LONGEST),
      }),
    );
  const expected = changeTaggedAt(change.at, record, change, about?.manifest.tagged_at);
  if (expected === change.tagged_at) return findings;
  const moments = { expected: expected ?? "no tag", found: change.tagged_at ?? "no tag" };
  return [
    ...findings,
    wrong("TIME_WRONG", at, `The tags of change ${id} have another moment than it gives them.`, moments),
  ];
}

/** The stages that a change has to empty: of one that names a single stage, that one alone, since a person may have asked so. */
function endedBy({ record, decided: decisions, changed: changes }: Past, { act, version, ends = [] }: Change) {
  if (act === "deprecate") return endStages(record, { decisions, changes });
  if (version === undefined) return [];
  const stage = act !== "withdraw" && ends.length === 1 ? ends[0]?.stage : undefined;
  return endStages(record, { decisions, changes }, { version, stage, withdrawn: act === "withdraw" });
}
