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
  return chosen === undefined ? [] : comparisonSections(chosen, shown.manifest.evaluation).map(named(chosen));
}

/** A comparison's section under the version that it is with: beside a registered version, nothing is a candidate. */
export function named({ stage, version }: Comparison): (section: Section) => Section {
  const beside = `version ${version} (${stage})`;
  return (section) => ({
    ...section,
    title: section.title.startsWith("Candidate against")
      ? `Against ${beside}`
      : section.title.replace(` against ${stage}`, ` against ${beside}`),
  });
}
