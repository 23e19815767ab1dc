import type { Report } from "../../../core/report/report.ts";
import { counted, verdictOf } from "../../../core/report/verdict-words.ts";
import type { Refusal } from "../../../schemas/decision.ts";
import type { Judged, ModelState } from "../state/state.ts";

type JudgedModel = ModelState & Judged;

/** The line that a reviewer reads first: what a merge would do, and what could come of it then. */
export function mergeVerdict({ result, obstacles, blockers }: JudgedModel, target: string): Report["verdict"] {
  if (result.outcome === "failed") return verdictOf(result);
  const stopped = [...obstacles, ...blockers.register];
  const { evaluation } = result;
  const by = evaluation?.part === "preview" ? `, by the preview's ${counted(evaluation.test.rows, "row")}` : "";
  if (stopped.length > 0)
    return { mark: markOf(stopped), text: `may not merge: it would not be registered (${causes(stopped)})${by}` };
  const open = blockers.target;
  if (open.length === 0)
    return { mark: "pass", text: `may merge: registers, and would be promotable to ${target}${by}` };
  const text = `may merge: registers. Not promotable to ${target} as it is (${causes(open)})${by}`;
  return { mark: "note", text };
}

/** The same where there is room for a few words. */
export function shortVerdict(model: JudgedModel): string {
  const { result, obstacles, blockers } = model;
  if (result.outcome === "failed") return "the run failed";
  const stopped = [...obstacles, ...blockers.register];
  if (stopped.length > 0) return `may not merge: ${causes(stopped)}`;
  return blockers.target.length === 0
    ? "may merge, promotable"
    : `may merge, not promotable: ${causes(blockers.target)}`;
}

function markOf(refusals: readonly Refusal[]): "fail" | "inconclusive" {
  return refusals.every(({ code }) => code === "GATE_INCONCLUSIVE") ? "inconclusive" : "fail";
}

/** `1 gate fails, 2 inconclusive`, and what else there is by its code. */
function causes(refusals: readonly Refusal[]): string {
  const of = (code: string) => refusals.filter((refusal) => refusal.code === code).length;
  const [failed, unclear, broken] = [of("GATE_FAILED"), of("GATE_INCONCLUSIVE"), of("DATA_INVALID")];
  const others = refusals.filter(({ code }) => !["GATE_FAILED", "GATE_INCONCLUSIVE", "DATA_INVALID"].includes(code));
  return [
    ...others.slice(0, 3).map(({ message }) => message.replace(/[.]$/, "")),
    ...(broken === 0 ? [] : [`the data breaks ${counted(broken, "declared rule")}`]),
    ...(failed === 0 ? [] : [`${counted(failed, "gate")} ${failed === 1 ? "fails" : "fail"}`]),
    ...(unclear === 0 ? [] : [`${counted(unclear, "gate")} inconclusive`]),
  ].join(", ");
}
