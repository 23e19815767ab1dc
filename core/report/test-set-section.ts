import type { TestSetPrice } from "../../schemas/cli-output.ts";
import { gateSubject } from "../gates/gate-words.ts";
import { formatPercent } from "../gates/number-words.ts";
import { sightWords } from "../ledger/price-words.ts";
import { left, type Section } from "./report.ts";
import { counted } from "./verdict-words.ts";

/** What another try on a test set costs and can see, by the gates as they are now. */
export function testSetSection(price: TestSetPrice | undefined): Section[] {
  if (price === undefined) return [];
  const { sha256, rows, budget, confidence, spent, left: remaining = 0, sees } = price;
  const isSpent = budget > 0 && remaining === 0;
  const ledger =
    budget === 0
      ? "With tries: 0 there is no promise over tries."
      : `${isSpent ? "None" : remaining} of ${counted(budget, "try", "tries")} ${remaining < 2 ? "is" : "are"} left at ${formatPercent(confidence)} confidence${isSpent ? ": no gate with it passes here any more" : ""}.`;
  const text = [
    `${counted(rows, "row")}, sha256 ${sha256.slice(0, 12)}; ${counted(spent, "try", "tries")} on record. ${ledger}`,
  ];
  const about = { title: "Test set", folded: false, text };
  if (sees.length === 0 || isSpent) return [about];
  const columns = ["Gate", "Level", "Can see"].map(left);
  const table = sees.map(({ gate, seen, ...sight }) => [
    gateSubject(gate) + (gate.versus === undefined ? "" : ` versus ${gate.versus}`),
    formatPercent(sight.level),
    sightWords(gate, { ...sight, seen: seen ?? Number.POSITIVE_INFINITY }),
  ]);
  return [{ ...about, table: { columns, rows: table } }];
}
