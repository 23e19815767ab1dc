import { chosenComparison, comparisonSections } from "../../../core/report/comparison-sections.ts";
import type { Section } from "../../../core/report/report.ts";
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
  if (chosen === undefined) return [];
  return comparisonSections(chosen, shown.manifest.evaluation).map((section) =>
    section.title.startsWith("Candidate against")
      ? { ...section, title: `Against version ${chosen.version} (${chosen.stage})` }
      : section,
  );
}
