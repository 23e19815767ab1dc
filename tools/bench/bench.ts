// Measures what is promised on speed: npm run bench [-- name…] [--full]. docs/bench.md says how to read it.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { git } from "../../core/git/run.ts";
import { layOutTable } from "../../core/report/lay-out-table.ts";
import type { Bench, Measurement } from "./measurement.ts";

const PARTS: Record<string, () => Promise<{ bench: Bench }>> = {
  help: () => import("./help.ts"),
  check: () => import("./check.ts"),
  plan: () => import("./plan.ts"),
  registry: () => import("./registry.ts"),
  data: () => import("./data.ts"),
  metrics: () => import("./metrics.ts"),
  github: () => import("./github.ts"),
  actions: () => import("./actions.ts"),
  serving: () => import("./serving.ts"),
  monitoring: () => import("./monitoring.ts"),
  stores: () => import("./stores.ts"),
  portal: () => import("./portal.ts"),
};
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const { values, positionals } = parseArgs({ options: { full: { type: "boolean" } }, allowPositionals: true });
const unknown = positionals.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`No part ${unknown.join(", ")}. There are ${Object.keys(PARTS).join(", ")}.\n`);
  process.exit(2);
}

const host = {
  at: new Date().toISOString(),
  commit: (await git(ROOT, ["rev-parse", "HEAD"])).toString().trim(),
  node: process.version,
  git: (await git(ROOT, ["--version"])).toString().trim(),
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
};
process.stdout.write(`${host.cpu}, ${host.cores} cores; Node ${host.node}, ${host.git}\n`);
const parts = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
  const load = loadavg()[0] ?? 0;
  process.stdout.write(`\n${name} (load before: ${load.toFixed(1)})\n`);
  const { bench } = await (PARTS[name] as (typeof PARTS)[string])();
  const folder = await mkdtemp(join(tmpdir(), `slipway-bench-${name}-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  const measurements = await bench({ full: values.full === true, folder }).finally(remove);
  process.stdout.write(table(measurements));
  parts.push({ name, load, measurements });
}
const results = join(ROOT, "bench-results");
const file = join(results, `${host.at.replaceAll(":", "-")}.json`);
await mkdir(results, { recursive: true });
await writeFile(file, `${JSON.stringify({ ...host, full: values.full === true, parts }, undefined, 2)}\n`);
const missed = parts.flatMap(({ measurements }) => measurements).filter((each) => isMissed(each)).length;
process.stdout.write(`\n${missed === 0 ? "Every target is met" : `${missed} over target`}. Saved to ${file}\n`);
process.exitCode = missed === 0 ? 0 : 1;

function isMissed({ median, p99 = median, unit, target, peer }: Measurement): boolean {
  if (peer?.atLeast !== undefined && peer.ratio < peer.atLeast) return true;
  if (target === undefined) return false;
  return unit === "1/s" ? median < target : p99 >= target;
}

function table(measurements: readonly Measurement[]): string {
  const head = ["what", "size", "median", "p95", "p99", "runs", "target", "", "beside", "peak", "bound"];
  const rows = measurements.map((each) => {
    const { what, size, unit, median, p95, p99, runs, target, peer, peakMiB, bound } = each;
    const digits = { s: () => 2, ms: (value: number) => (value < 1 ? 2 : value < 10 ? 1 : 0), "×": () => 2 };
    const time = (value: number) =>
      `${value.toFixed(unit in digits ? digits[unit as "s" | "ms" | "×"](value) : 0)} ${unit}`;
    const promised = [
      ...(target === undefined ? [] : [`${unit === "1/s" ? "≥" : "<"} ${target} ${unit}`]),
      ...(peer?.atLeast === undefined ? [] : [`≥ ${Number(peer.atLeast.toFixed(2))}×`]),
    ].join(", ");
    return [
      ...[what, size, time(median), time(p95), p99 === undefined ? "" : time(p99), String(runs)],
      ...(promised === "" ? ["", ""] : [promised, isMissed(each) ? "OVER" : "ok"]),
      peer === undefined ? "" : `${peer.what} ${peer.over ? "> " : ""}${time(peer.median)} (${peer.ratio.toFixed(1)}×)`,
      ...[peakMiB === undefined ? "" : `${peakMiB} MiB`, bound],
    ];
  });
  const used = head.flatMap((title, column) =>
    title === "" || rows.some((row) => row[column] !== "") ? [column] : [],
  );
  const shown = [head, ...rows].map((row) => used.map((column) => row[column] ?? ""));
  const columns = used.map((column) => ({ title: head[column] ?? "", align: "left" }) as const);
  const lines = layOutTable(columns, shown, Number.POSITIVE_INFINITY).rows.flat();
  return `${lines.map(({ pieces }) => pieces.join("  ").trimEnd()).join("\n")}\n`;
}
