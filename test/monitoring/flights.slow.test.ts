import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MonitorCommandResult } from "../../schemas/cli-output.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import { replayRequests } from "../../tools/replay/replay-requests.ts";
import { gitIdentity, PACKAGE_ROOT, slipway } from "../cli/memory-host.ts";

gitIdentity();

const FIXTURE = path.join(PACKAGE_ROOT, "test/fixtures/flights");
/** Whole weeks, from the first that begins after January: to the end of June. */
const [FIRST, AFTER] = ["2001-02-15", "2001-07-05"];

interface Flight {
  flight: string;
  day: string;
  hour: number;
  weekday: number;
  distance: number;
  origin: string;
  destination: string;
  late: string;
}

const lines = gunzipSync(readFileSync(path.join(FIXTURE, "flights-2001.csv.gz")))
  .toString()
  .trimEnd()
  .split("\n")
  .slice(1);

/** A profile keeps texts of which each stands in many rows: small airports go together. */
const AIRPORTS = 60;
const counts = new Map<string, number>();
for (const line of lines) for (const name of line.split(",").slice(2, 4)) counts.set(name, (counts.get(name) ?? 0) + 1);
const busy = new Set(
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, AIRPORTS)
    .map(([name]) => name),
);
const airport = (name = "") => (busy.has(name) ? name : "other");

const flights: Flight[] = lines.map((line, at) => {
  const [departed = "", distance, origin, destination, late = ""] = line.split(",");
  const time = new Date(`${departed}Z`);
  return {
    ...{ flight: `f${at}`, day: departed.slice(0, 10), hour: time.getUTCHours(), weekday: time.getUTCDay() },
    ...{ distance: Number(distance), origin: airport(origin), destination: airport(destination), late },
  };
});

const csv = (names: readonly (keyof Flight)[], rows: readonly Flight[]) =>
  `${names.join(",")}\n${rows.map((row) => names.map((name) => row[name]).join(",")).join("\n")}\n`;
const FEATURES = ["flight", "hour", "weekday", "distance", "origin", "destination"] as const;

const root = mkdtempSync(path.join(tmpdir(), "slipway-flights-"));
let windows: WindowRecord[] = [];

async function run(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await slipway(argv, { cwd: root, env: process.env });
  expect(code, stderr).toBe(0);
  return stdout;
}

beforeAll(async () => {
  const model = path.join(root, "models/flights");
  mkdirSync(model, { recursive: true });
  for (const name of ["model.yaml", "flights.mjs"]) copyFileSync(path.join(FIXTURE, name), path.join(model, name));
  const january = flights.filter(({ day }) => day < "2001-02-01");
  writeFileSync(path.join(model, "january.csv"), csv([...FEATURES, "late"], january));
  const later = flights.filter(({ day }) => day >= FIRST && day < AFTER);
  writeFileSync(path.join(root, "late.csv"), csv(["flight", "late"], later));
  writeFileSync(
    path.join(root, "slipway.yaml"),
    "slipway: 1\nmonitor:\n  requests: { store: file:.slipway/log }\n  labels: { flights: late.csv }\n",
  );
  const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args], { stdio: "pipe" });
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message", "Flights of January");
  await run("register", "flights");
  await run("promote", "flights@1", "production");
  const days = [...new Set(later.map(({ day }) => day))];
  const requests = days.map((day) => ({
    at: Date.parse(`${day}T23:00:00Z`),
    rows: later.filter((each) => each.day === day).map(({ day: _, late: __, ...row }) => ({ ...row })),
  }));
  await replayRequests(requests, { folder: root, model: "flights" });
  const at = ["--at", `${AFTER}T00:00:00Z`];
  await run("monitor", "flights", ...at);
  const { result } = JSON.parse(await run("monitor", "flights", "--history", "--json", ...at));
  windows = (result as MonitorCommandResult).models[0]?.windows ?? [];
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

it("raises no alarm of inputs or predictions in any four weeks: hardly anything drifts", () => {
  expect(windows.map(({ window }) => window.from.slice(0, 10))).toEqual([
    ...["2001-02-15", "2001-03-15", "2001-04-12", "2001-05-10", "2001-06-07"],
  ]);
  for (const { tests } of windows) {
    const compared = tests.filter(({ what }) => what === "distribution").map(({ column }) => column);
    expect(compared).toEqual(
      expect.arrayContaining(["hour", "weekday", "distance", "origin", "destination", "proba_1"]),
    );
    expect(tests.filter(({ drifted }) => drifted)).toEqual([]);
  }
});

it("lets no weekday more or less in a month count, however sure it is: it is far below the least effect", () => {
  const sure = windows.flatMap(({ tests }) => tests).filter(({ p, level }) => p < level);
  expect(sure.map(({ column }) => column)).toContain("weekday");
  expect(Math.max(...sure.map(({ effect }) => effect))).toBeLessThan(0.1);
});

it("finds by labels what its inputs do not tell: the log loss follows the share of late flights", () => {
  const late = windows.map(({ window: { from, to } }) => {
    const rows = flights.filter(({ day }) => day >= from.slice(0, 10) && day < to.slice(0, 10));
    return rows.filter(({ late }) => late === "1").length / rows.length;
  });
  const loss = windows.map(({ performance }) => performance?.metrics["log_loss"]?.value ?? Number.NaN);
  const order = (values: readonly number[]) =>
    values.map((_, at) => at).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  expect(windows.map(({ performance }) => performance?.labelled)).toEqual(windows.map(({ traffic }) => traffic.rows));
  expect(late.map((share) => Number(share.toFixed(2)))).toEqual([0.25, 0.21, 0.15, 0.19, 0.22]);
  expect(order(loss)).toEqual(order(late));
});
