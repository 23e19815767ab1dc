import type { Comparison } from "../../schemas/evaluation.ts";
import type { AskedGate } from "../../schemas/gate.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { canonicalJson } from "../canonical.ts";
import { chargeTries, type TryMade, termsOf } from "./charge.ts";
import { measuredAs } from "./measured-as.ts";
import { metVersions } from "./met-versions.ts";

/** Whether the tries that a decision on a version keeps are what its gates rest on, as they were recorded. */
export function isPaid(
  about: {
    manifest: Manifest;
    gates: readonly AskedGate[];
    /** The policy's `tries`. */
    budget: number;
    comparisons: readonly Comparison[];
    /** Other versions, as they stood. */
    manifestOf: (version: number) => Manifest | undefined;
  },
  kept: readonly TryTerms[] | undefined,
  recorded: readonly TryMade[],
): boolean {
  const { manifest, gates, budget, comparisons, manifestOf } = about;
  const { sha256: test } = manifest.evaluation.test;
  const named = recorded.filter((each) => each.test === test && kept?.some(({ id }) => id === each.id));
  const live = metVersions(comparisons, manifestOf);
  const measured = measuredAs(manifest.evaluation);
  const asking = { test, candidate: manifest.predictions.sha256, gates, measured, live, budget };
  const { terms, fresh } = chargeTries(asking, named);
  return fresh.length === 0 && canonicalJson(terms) === canonicalJson((kept ?? []).map(termsOf));
}
