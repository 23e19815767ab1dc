import type { RequestsResult } from "../../schemas/cli-output.ts";
import { toSecond } from "../clock.ts";
import { type Cell, left, type Report, right, type Section } from "./report.ts";
import { counted } from "./verdict-words.ts";

/** What a model's versions were asked: `slipway requests`. */
export function requestsReport({ model, since, versions, entries, out }: RequestsResult): Report {
  const total = versions.reduce((sum, { role, requests }) => sum + (role === "shadow" ? 0 : requests), 0);
  return {
    title: `Requests of ${model}`,
    verdict: { mark: "note", text: `${counted(total, "request")} since ${toSecond(since)}` },
    notices: out === undefined ? [] : [`All rows are in ${out}.`],
    sections:
      versions.length === 0 ? [] : [versionSection(versions), ...(entries.length > 0 ? [rowSection(entries)] : [])],
    footer: [],
  };
}

function versionSection(versions: RequestsResult["versions"]): Section {
  const columns = [
    ...[
      left("Version"),
      left("Stage"),
      right("Requests"),
      right("Rows"),
      right("Errors"),
      right("Median"),
      right("p99"),
    ],
    { ...left("Last"), drop: 1 },
  ];
  const rows = versions.map(({ version, stage, role, requests, rows, errors, p50_ms, p99_ms, last }): Cell[] => [
    `${version}${role === "stable" ? "" : ` (${role})`}`,
    ...[stage, String(requests), String(rows), String(errors), milliseconds(p50_ms), milliseconds(p99_ms)],
    toSecond(last),
  ]);
  return { title: "Versions", folded: false, text: [], table: { columns, rows } };
}

function rowSection(entries: RequestsResult["entries"]): Section {
  const columns = [left("Time"), left("Id"), left("Version"), left("Prediction"), right("Time taken")];
  const rows = entries.map((entry): Cell[] => {
    const { slipway_error: error, prediction } = entry;
    return [
      String(entry["slipway_time"]),
      String(entry["slipway_id"]),
      String(entry["slipway_version"]),
      typeof error === "string" ? { mark: "fail", text: error } : String(prediction ?? "–"),
      milliseconds(Number(entry["slipway_ms"])),
    ];
  });
  return { title: "Rows, newest first", folded: false, text: [], table: { columns, rows } };
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
