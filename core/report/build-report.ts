import type { Comparison } from "../../schemas/evaluation.ts";
import type { ChangeReason } from "../../schemas/plan.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { formatPercent } from "../gates/number-words.ts";
import { classGapWords } from "../metrics/labels-fit.ts";
import { LEVELS } from "../metrics/levels.ts";
import { changeSection, reasonSection } from "./change-section.ts";
import { chosenComparison, comparisonSections, sliceComparisonSection } from "./comparison-sections.ts";
import type { VersionDiff } from "./diff-versions.ts";
import { gateSection } from "./gate-section.ts";
import { matrixSections, metricSection, sliceSection } from "./metric-sections.ts";
import { promiseSection } from "./promise-section.ts";
import type { Report, Section } from "./report.ts";
import { costSection, inputSection, lastLinesSection, stepSection, violationSection } from "./run-sections.ts";
import { trackedSection } from "./tracked-section.ts";
import { counted, verdictOf } from "./verdict-words.ts";

interface ReportInput {
  run: RunResult;
  /** The version that the run became, where it did. */
  version?: number | undefined;
  /** Default: production's of the evaluation, otherwise the first with a version. */
  comparison?: Comparison | undefined;
  /** From the baseline to this run. */
  changes?: VersionDiff | undefined;
  /** The plan's reasons: files and keys. */
  reasons?: readonly ChangeReason[] | undefined;
  /** What a reviewer must know first, as "This pull request changes gates." */
  notes?: readonly string[] | undefined;
}

/** The report on one run: most important first, details folded. Strings are as they came; renderers escape them. */
export function buildReport(input: ReportInput): Report {
  const { run } = input;
  const { evaluation } = run;
  const comparison = input.comparison ?? chosenComparison(evaluation?.comparisons ?? []);
  const compared = comparison !== undefined && Object.keys(comparison.metrics).length > 0;
  return {
    title: input.version === undefined ? run.model : `${run.model} version ${input.version}`,
    verdict: verdictOf(run),
    notices: [
      ...(input.notes ?? []),
      ...decidingWords(run),
      ...advisory(run),
      ...labelWords(run),
      ...servedWords(run),
      ...stepWords(run),
      ...classGapWords(run.data ?? {}),
      ...problemHint(run),
    ],
    sections: [
      ...gateSection(run.gates),
      ...promiseSection({ ...run, tries: run.tries ?? [], spent: run.binding, deciding: decidingTimes(run) }),
      ...violationSection(run),
      ...lastLinesSection(run),
      ...(input.changes === undefined ? [] : changeSection(input.changes)),
      ...(comparison === undefined || evaluation === undefined ? [] : comparisonSections(comparison, evaluation)),
      ...(evaluation === undefined ? [] : metricSection(evaluation, compared, comparison)),
      ...costSection(run),
      ...(comparison === undefined || evaluation === undefined ? [] : sliceComparisonSection(comparison, evaluation)),
      ...(evaluation === undefined ? [] : [...sliceSection(evaluation), ...matrixSections(evaluation)]),
      ...trackedSection(run),
      ...reasonSection(input.reasons ?? []),
      ...inputSection(run),
      ...stepSection(run),
      ...recomputeSection(run),
    ],
    footer: [],
  };
}

/** Of a preview: how many rows decide, where the run counted all of them. */
function decidingRows({ evaluation, data }: RunResult): number | undefined {
  const all = data?.test_sketch?.rows;
  if (evaluation?.part !== "preview" || all === undefined) return undefined;
  return all > evaluation.test.rows ? all - evaluation.test.rows : undefined;
}

/** The same, as a multiple of the preview's own rows. */
function decidingTimes(run: RunResult): number | undefined {
  const [deciding, own = 0] = [decidingRows(run), run.evaluation?.test.rows];
  return deciding === undefined || own === 0 ? undefined : deciding / own;
}

function decidingWords(run: RunResult): string[] {
  if (run.evaluation?.part !== "preview") return [];
  const rows = decidingRows(run);
  const others = rows === undefined ? "other test rows" : `other ${counted(rows, "test row")}`;
  return [`A binding run decides by the ${others}.`];
}

function advisory({ binding, source, tried }: RunResult): string[] {
  if (binding) return [];
  if (tried !== undefined)
    return [
      `A try with ${tried.join(", ")} in place of what the spec says. It can never be registered, and no registration takes its artifact: write the values into the spec, and commit it.`,
    ];
  const from = source.dirty
    ? "a work tree with changes that are not committed"
    : `commit ${source.commit?.slice(0, 12) ?? "unknown"}`;
  return [`Advisory: made from ${from}. Registering evaluates again, on the default branch.`];
}

function labelWords({ evaluation }: RunResult): string[] {
  if (evaluation === undefined) return [];
  const { labels, labels_reason: reason } = evaluation;
  const words = {
    reachable: "Test labels: reachable. They are committed in this repository: training code could have seen them.",
    withheld: "Test labels: withheld. They were not in what user code was given.",
    sealed: "Test labels: sealed. No job with user code could open them.",
  }[labels];
  return [reason === undefined || labels !== "withheld" ? words : `${words} They are not sealed: ${reason}.`];
}

function servedWords({ served_predictions: served, evaluation }: RunResult): string[] {
  if (served === undefined || evaluation === undefined) return [];
  const rows = counted(evaluation.test.rows, "test row");
  return [`Served answers: the same. The serving program answered ${rows} as the predict program did.`];
}

function stepWords({ evaluation }: RunResult): string[] {
  if (evaluation?.values !== "steps") return [];
  return [
    "Values are in steps, each on the same side of every threshold as it is, and bounds are rounded outward. Confusion matrices, curves, residuals and slices of fewer than 10 rows are left out: they would say more of the rows that decide.",
  ];
}

function problemHint({ problem }: RunResult): string[] {
  if (problem === undefined) return [];
  const { expected, hint } = problem;
  const found = problem.found?.split("\n")[0]?.replace(/:$/, " follow");
  return [
    ...(expected === undefined ? [] : [`Expected ${expected}${found === undefined ? "" : `, found ${found}`}.`]),
    ...(hint === undefined ? [] : [hint]),
  ];
}

/** How the numbers were made, and how to make them again. */
function recomputeSection({ evaluation, predictions, source, model }: RunResult): Section[] {
  if (evaluation === undefined) return [];
  const { method } = evaluation;
  const at = LEVELS.map(formatPercent).join(", ");
  const how = `${method.name}, from ${method.units} ${method.unit}s`;
  const text = [
    `Bounds that the true value is beyond at most this often, on either side: ${at}. Made by ${how}. See docs/metrics.md.`,
    predictions === undefined
      ? `Run ${model} again at ${source.commit?.slice(0, 12) ?? "the same work tree"}.`
      : `The predictions are kept as sha256 ${predictions.sha256}; with the test labels (data sha256 ${evaluation.test.sha256}), this method they give the same numbers${evaluation.values === "steps" ? ", before they were put in steps" : ""}.`,
  ];
  return [{ title: "Recompute these numbers", folded: true, text }];
}
