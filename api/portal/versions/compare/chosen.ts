import { SlipwayError } from "../../../../core/errors.ts";
import type { CatalogModel } from "../../../../core/registry/catalog.ts";
import { type ShownVersion, versionNumber } from "../load-version.ts";

/** So many versions stand side by side. */
export const MOST_COMPARED = 10;

/** The versions that an address names, the one that the others are compared with first. Rejects with VERSION_UNKNOWN or USAGE. */
export function chosenVersions(query: URLSearchParams, model: CatalogModel): number[] {
  const base = query.getAll("base").filter((text) => text !== "");
  const named = [...base, ...query.getAll("v").flatMap((text) => text.split(","))].filter((text) => text !== "");
  const numbers = [...new Set(named.map((text) => versionNumber(text.trim())))];
  const known = numbers.flatMap((number) => (number === undefined ? [] : [number]));
  if (known.length < numbers.length)
    throw new SlipwayError("VERSION_UNKNOWN", `${model.displayName} has no such version`, {
      expected: "numbers with commas between: ?v=2,3,7",
    });
  if (known.length > MOST_COMPARED)
    throw new SlipwayError("USAGE", "So many versions do not fit side by side", {
      expected: `at most ${MOST_COMPARED}`,
      found: String(known.length),
    });
  return known;
}

/** Whether all were measured on the same test rows. */
export function onSameRows(versions: readonly ShownVersion[]): boolean {
  return new Set(versions.map(({ manifest }) => manifest.evaluation.test.sha256)).size === 1;
}
