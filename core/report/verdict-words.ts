import type { GateResult } from "../../schemas/gate.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { Report } from "./report.ts";

/** The one line that a reviewer reads first. */
export function verdictOf(run: RunResult): Report["verdict"] {
  if (run.outcome === "failed") {
    return { mark: "fail", text: `The run failed: ${run.problem?.message ?? "see its log"}` };
  }
  const all = Object.values(run.gates).flat();
  const open = all.filter((result) => result.verdict !== "pass");
  const rules = run.violations.length;
  if (open.length === 0 && rules === 0) {
    if (all.length === 0) return { mark: "note", text: "No gates are declared: nothing was asked of this version" };
    const stages = Object.keys(run.gates).filter((stage) => run.gates[stage]?.length !== 0);
    const [gates, pass] = all.length === 1 ? ["the gate", "passes"] : [`all ${all.length} gates`, "pass"];
    return { mark: "pass", text: byPreview(run, `${gates} ${pass} (${stages.join(", ")})`) };
  }
  const causes = [
    ...(rules === 0 ? [] : [`the data breaks ${counted(rules, "declared rule")}`]),
    ...(open.length === 0 ? [] : [gateWords(open, all.length)]),
  ];
  const certain = rules > 0 || open.some((result) => result.verdict === "fail");
  const text = `would not be ${consequence(run)}: ${causes.join("; ")}`;
  return {
    mark: certain ? "fail" : "inconclusive",
    text: rules > 0 ? capitalized(text) : byPreview(run, text, "it "),
  };
}

/** Other rows than the preview's decide, so that what its gates say is no forecast. `subject` is what the words lack then. */
function byPreview({ evaluation }: RunResult, words: string, subject = ""): string {
  if (evaluation?.part !== "preview") return capitalized(words);
  return `By the preview's ${counted(evaluation.test.rows, "row")} ${subject}${words}`;
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `1 row`, `2 rows`; `2 tries` where the plural is said. */
export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

function gateWords(open: readonly GateResult[], all: number): string {
  const failed = open.filter(({ verdict }) => verdict === "fail").length;
  const unclear = open.length - failed;
  const words = [
    ...(failed === 0 ? [] : [`${failed} of ${counted(all, "gate")} ${failed === 1 ? "fails" : "fail"}`]),
    ...(unclear === 0 ? [] : [`${failed === 0 ? `${unclear} of ${counted(all, "gate")}` : unclear} inconclusive`]),
  ];
  return words.join(", ");
}

function consequence({ gates, violations }: RunResult): string {
  const blocked = Object.keys(gates).filter((stage) => gates[stage]?.some(({ verdict }) => verdict !== "pass"));
  if (violations.length > 0 || blocked.includes("register")) return "registered";
  return `promoted to ${blocked.join(" or ")}`;
}
