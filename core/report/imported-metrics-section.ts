import type { Manifest } from "../../schemas/manifest.ts";
import { formatNumber } from "../gates/number-words.ts";
import { left, right, type Section } from "./report.ts";

/** What who handed a version in says of it: never to be taken for what the platform measured. */
export function importedMetricsSection({ imported }: Manifest): Section[] {
  const metrics = Object.entries(imported?.metrics ?? {});
  if (metrics.length === 0) return [];
  const rows = metrics.map(([name, value]) => [name, formatNumber(value)]);
  const text = ["The platform measured none of this: it is what the run that the version was handed in from says."];
  return [{ title: "Handed in", folded: false, text, table: { columns: [left("Metric"), right("Value")], rows } }];
}
