import type { GateResult } from "../../schemas/gate.ts";
import { gateSubject } from "../gates/gate-words.ts";
import { formatInterval } from "../gates/number-words.ts";
import type { Cell, Section, TableColumn } from "./report.ts";
import { left } from "./report.ts";
import { counted } from "./verdict-words.ts";

const ORDER = { fail: 0, inconclusive: 1, pass: 2 } as const;

/** Every gate, those that do not pass first; where there are such, the others are folded. */
export function gateSection(gates: Readonly<Record<string, readonly GateResult[]>>): Section[] {
  const all = Object.entries(gates).flatMap(([stage, results]) => results.map((result) => ({ stage, result })));
  if (all.length === 0) return [];
  all.sort((a, b) => ORDER[a.result.verdict] - ORDER[b.result.verdict]);
  // A gate with a confidence says what it looked at in what it found.
  const found = all.some(({ result }) => informative(result) !== "") ? "Found [95 % interval]" : "Found";
  const columns: TableColumn[] = [
    left("Verdict"),
    { ...left("For"), joins: "line" },
    left("Gate"),
    { ...left("Expected"), joins: "space" },
    { ...left(found), joins: "line" },
  ];
  const open = all.filter(({ result }) => result.verdict !== "pass").length;
  const passing = all.length - open;
  const folds =
    open > 0 && passing > 0
      ? { folds: { from: open, title: `${counted(passing, "gate")} that ${passing === 1 ? "passes" : "pass"}` } }
      : {};
  return [{ title: "Gates", folded: false, text: [], table: { columns, rows: all.map(gateRow), ...folds } }];
}

function gateRow({ stage, result }: { stage: string; result: GateResult }): Cell[] {
  const floor = result.origin === "policy" ? " (floor)" : "";
  return [
    { mark: result.verdict, text: result.verdict },
    stage,
    `${gateSubject(result.gate)}${floor}`,
    result.expected,
    result.found + informative(result) + code(result),
  ];
}

/** Why an answer is inconclusive, as docs/gates.md lists it. */
function code({ verdict, reason }: GateResult): string {
  return verdict === "inconclusive" && reason !== undefined ? ` [${reason}]` : "";
}

/** An interval that nobody asked for is not in `found` beside its value; a reviewer wants to see it all the same. */
function informative({ gate, value, interval }: GateResult): string {
  if (value === undefined || interval === undefined || gate.confidence !== undefined) return "";
  const words = formatInterval(interval);
  return gate.versus === undefined ? ` ${words}` : ` (difference within ${words})`;
}
