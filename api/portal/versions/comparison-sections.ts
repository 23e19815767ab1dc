import { chosenComparison, comparisonSections } from "../../../core/report/comparison-sections.ts";
import type { Section, TableColumn } from "../../../core/report/report.ts";
import type { Comparison } from "../../../schemas/evaluation.ts";
import type { ShownVersion } from "./load-version.ts";

/** What is on record of a version beside others: as it was evaluated, and by later runs. */
export async function comparisonsOf({
  snapshot,
  manifest,
}: Pick<ShownVersion, "snapshot" | "manifest">): Promise<Comparison[]> {
  const { model, version, evaluation } = manifest;
  const later = await snapshot.list("comparison", model, (at) => at.version === version);
  return [...evaluation.comparisons, ...later.map(({ comparison }) => comparison)];
}

/** The comparison that a reviewer asks for, of those on record: the newest with production. */
export async function recordedComparisons(shown: ShownVersion): Promise<Section[]> {
  const found = (await comparisonsOf(shown)).filter(({ metrics }) => Object.keys(metrics).length > 0).reverse();
  const chosen = chosenComparison(found);
  return chosen === undefined
    ? []
    : comparisonSections(chosen, shown.manifest.evaluation).map(named(chosen, shown.version));
}

/** A comparison's section as it is told beside a registered version, which is no candidate any more: `version` is that one. */
export function named({ stage, version: other }: Comparison, version: number): (section: Section) => Section {
  const beside = `version ${other} (${stage})`;
  return ({ title, table, ...rest }) => ({
    ...rest,
    title: title.startsWith("Candidate against")
      ? `Against ${beside}`
      : title.replace(` against ${stage}`, ` against ${beside}`),
    ...(table === undefined ? {} : { table: { ...table, columns: table.columns.map(called) } }),
  });

  function called(column: TableColumn): TableColumn {
    return column.title === "Candidate" ? { ...column, title: `Version ${version}` } : column;
  }
}
