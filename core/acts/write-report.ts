import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../../schemas/manifest.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { Scored } from "../metrics/scored.ts";
import { buildReport } from "../report/build-report.ts";
import { diffVersions, type VersionDiff } from "../report/diff-versions.ts";
import type { Report } from "../report/report.ts";
import { toMarkdown } from "../report/to-markdown.ts";
import { parseCurves } from "../runtime/curves.ts";
import type { LoadedModel } from "../spec/project.ts";

/**
 * Writes report.md and charts/<name>.svg into a run's folder, and returns the report for a terminal. `changes` is
 * what differs from the version that the run is read against.
 */
export async function writeReport(
  folder: string,
  run: RunResult,
  scored: Scored | undefined,
  changes: VersionDiff | undefined,
): Promise<Report> {
  const training = run.curves === undefined ? [] : parseCurves(await readFile(join(folder, run.curves), "utf8")).points;
  // ECharts takes a moment to load, and a run that failed early draws nothing.
  const drawn = run.evaluation ? (await import("./draw-charts.ts")).drawCharts(run, scored, training) : {};
  const charts = new Map(Object.entries(drawn));
  if (charts.size > 0) await mkdir(join(folder, "charts"), { recursive: true });
  for (const [name, svg] of charts) await writeFile(join(folder, "charts", `${name}.svg`), svg);
  const report = buildReport({ run, changes });
  const markdown = toMarkdown(report, { charts: (name) => (charts.has(name) ? `charts/${name}.svg` : undefined) });
  await writeFile(join(folder, "report.md"), markdown);
  return report;
}

/** What a run changes of a version: the run as the version that it may become. */
export function changesSince(
  baseline: Manifest,
  run: RunResult,
  { blob, spec: { environment } }: Pick<LoadedModel, "blob" | "spec">,
): VersionDiff {
  return diffVersions(baseline, {
    ...run,
    source: { ...run.source, spec_blob: blob },
    environment: { ...run.environment, ...(environment ? { spec: environment } : {}) },
  });
}
