import type { Manifest } from "../../schemas/manifest.ts";
import { formatNumber } from "../gates/number-words.ts";
import { left, right, type Section } from "./report.ts";

/** What the person who imported a version says of it. The platform measured none of it. */
export function importedMetricsSection({ imported }: Manifest): Section[] {
  const metrics = Object.entries(imported?.metrics ?? {});
  if (metrics.length === 0) return [];
  const rows = metrics.map(([name, value]) => [name, formatNumber(value)]);
  const text = ["The platform measured none of this: it is what the run that the version was imported from says."];
  return [{ title: "Imported", folded: false, text, table: { columns: [left("Metric"), right("Value")], rows } }];
}
