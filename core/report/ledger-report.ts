import type { TestSet } from "../../schemas/test-set.ts";
import type { Try } from "../../schemas/try.ts";
import { toSecond } from "../clock.ts";
import { askedLevel } from "../gates/asked-level.ts";
import { formatPercent } from "../gates/number-words.ts";
import type { LeftCount } from "../ledger/count-left.ts";
import { type Cell, left, type Report, right, type Section } from "./report.ts";
import { counted } from "./verdict-words.ts";

/** A test set as it is shown. */
export interface LedgerRow extends LeftCount {
  set: TestSet;
  spending: readonly (Try & { called: string; gone?: true })[];
  inherits: readonly { sha256: string; share: number; tries: number }[];
}

/** What is left is counted for gates with this confidence. */
export const COUNTED_CONFIDENCE = 0.95;

/** What was spent of each test set, and who spent it on what: `slipway ledger`. */
export function ledgerReport(sets: readonly LedgerRow[], model: string | undefined): Report {
  const tries = sets.reduce((sum, { spending }) => sum + spending.length, 0);
  return {
    title: model === undefined ? "Ledger of test sets" : `Ledger of ${model}'s test sets`,
    verdict: {
      mark: "note",
      text:
        sets.length === 0
          ? "nothing was tried yet"
          : `${counted(tries, "try", "tries")} on ${counted(sets.length, "test set")}`,
    },
    notices: [],
    sections: sets.map(setSection),
    footer:
      sets.length === 0
        ? []
        : [
            `Left is counted for gates with ${formatPercent(COUNTED_CONFIDENCE)} confidence, by the default branch's policy. New test rows start a new count; more \`tries\` in the policy do not.`,
          ],
  };
}

function setSection({ set, spending, inherits, ...count }: LedgerRow): Section {
  const columns = [
    ...[left("When"), left("Candidate"), left("Against"), right("Counts"), left("Outcome"), left("Who")],
    ...[
      { ...left("Commit"), drop: 2 },
      { ...left("Try"), drop: 1 },
    ],
  ];
  // As `spent` sums them up: each at least at what another try costs.
  const price = count.budget === 0 ? 0 : askedLevel(COUNTED_CONFIDENCE, count.budget);
  const rows = spending.map((made): Cell[] => [
    ...[toSecond(made.at), candidateWords(made), againstWords(made)],
    ...[
      formatPercent(Math.max(made.level, price)),
      outcomeWords(made),
      made.by.name,
      made.commit.slice(0, 10),
      made.id.slice(0, 12),
    ],
  ]);
  return {
    title: `Test set ${set.sha256.slice(0, 12)}: ${counted(set.rows, "row")}`,
    folded: false,
    text: [
      leftWords(count),
      ...inherits.map(
        ({ sha256, share, tries }) =>
          `${formatPercent(share)} of its rows are in test set ${sha256.slice(0, 12)}: ${counted(tries, "try", "tries")} on that one ${tries === 1 ? "counts" : "count"} here too.`,
      ),
    ],
    table: { columns, rows },
  };
}

/** How many tries there were, and how many are left. */
export function leftWords({ budget, tries, spent, left: remaining }: LeftCount): string {
  const said = `${counted(tries, "try", "tries")} so far`;
  if (remaining === undefined) return `${said}. With tries: 0 there is no promise over tries, and no end to them.`;
  const share = `${formatPercent(spent)} of ${formatPercent(1 - COUNTED_CONFIDENCE)} is spent`;
  if (remaining === 0) return `${said}, and none is left: ${share}.`;
  return `${said}: ${share}, ${remaining} of ${budget} ${remaining === 1 ? "is" : "are"} left.`;
}

function candidateWords({ called, version, gone }: LedgerRow["spending"][number]): string {
  if (version === undefined) return `${called}, no version`;
  return `${called} version ${version}${gone ? ", withdrawn" : ""}`;
}

function againstWords({ live }: Try): string {
  return live === undefined ? "–" : `version ${live.version}`;
}

function outcomeWords({ act, outcome, stage }: Try): string {
  if (stage !== undefined) return `${outcome} for ${stage}`;
  return act === "compare" ? "compared again" : outcome;
}
