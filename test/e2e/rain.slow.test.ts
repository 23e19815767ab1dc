import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MonitorState } from "../../schemas/monitoring.ts";
import { openStation, replaced, trainedOn, withoutSeasons } from "../../tools/demo/rain/station.ts";
import { gitIdentity, slipway } from "../cli/memory-host.ts";

gitIdentity();

const root = mkdtempSync(path.join(tmpdir(), "slipway-rain-"));
const folder = path.join(root, "repo");
const states = new Map<string, MonitorState>();
const told = new Map<string, string>();

async function run(line: string, exit = 0): Promise<string> {
  const { code, stdout, stderr } = await slipway(line.split(" "), { cwd: folder, env: process.env });
  expect(code, `${line}: ${stderr}`).toBe(exit);
  return stdout;
}

function git(...args: string[]): string {
  return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" });
}

function edit(name: string, change: (text: string) => string): void {
  writeFileSync(path.join(folder, name), change(readFileSync(path.join(folder, name), "utf8")));
}

/** Looks and acts as of a day, and keeps where the model stands and what its file says. */
async function look(day: string, exit: number): Promise<void> {
  const { result } = JSON.parse(await run(`monitor rain --act --json --at ${day}`, exit));
  states.set(day, result.models[0]);
  told.set(day, git("ls-tree", "-r", "--name-only", "monitoring"));
}

beforeAll(async () => {
  const station = openStation(path.join(root, "station"));
  const { code } = await slipway(["init", folder, "--template", "rain"], { env: process.env });
  expect(code).toBe(0);
  edit("models/rain/model.yaml", (spec) => trainedOn(station.files, spec));
  edit("slipway.yaml", (policy) => replaced(policy, /^( {2}labels: ).*$/m, `$1{ rain: "${station.files}" }`));
  await run("lock");
  git("add", "--all");
  git("commit", "--quiet", "--message", "Read the station's own files");
  await run("register rain");
  await run("promote rain@1 production");
  const ask = async (from: string, to: string, today = to) => {
    await station.ask(from, to, { folder });
    station.bring(today);
  };
  await ask("2014-01-30", "2014-03-27");
  await look("2014-03-27", 0);
  await ask("2014-03-27", "2014-05-22");
  await look("2014-05-22", 1);
  await ask("2014-05-22", "2014-10-09");
  await look("2014-10-09", 1);
  await run("retrain rain");
  git("switch", "--quiet", "slipway/retrain-rain");
  edit("models/rain/model.yaml", withoutSeasons);
  git("commit", "--quiet", "--all", "--message", "rain: it has seen all seasons");
  git("switch", "--quiet", "main");
  git("merge", "--quiet", "slipway/retrain-rain");
  await run("register rain");
  await run("promote rain@2 production");
  await ask("2014-10-09", "2015-03-26", "2015-04-01");
  await look("2015-04-01", 0);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

it("is quiet while one window alone is warmer than winters", () => {
  expect(states.get("2014-03-27")).toMatchObject({ state: "quiet", alarms: [] });
});

it("is alarmed in spring by its inputs, before labels are sure", () => {
  const { state, alarms = [] } = states.get("2014-05-22") ?? {};
  expect(state).toBe("alarmed");
  expect(alarms.map(({ kind }) => kind)).toEqual(["drift", "drift"]);
});

it("is surely below its bar by the labels of a summer", () => {
  const alarms = states.get("2014-10-09")?.alarms ?? [];
  expect(alarms.filter(({ sure }) => sure)).toMatchObject([{ kind: "bar", version: 1 }]);
});

it("has its alarm closed by five clean windows of a version that was trained on that summer", () => {
  expect(states.get("2015-04-01")).toMatchObject({ state: "quiet", version: 2, clean: 5 });
});

it("keeps one file in an issue's place, from the first alarm until it closes", () => {
  const files = [...told.values()].map((names) => names.split("\n").filter((name) => name.endsWith("ALARM.md")));
  expect(files.map(({ length }) => length)).toEqual([0, 1, 1, 0]);
});

it("leaves a registry and a branch of monitoring that are right in every record", async () => {
  expect(await run("verify")).toContain("clean");
});
