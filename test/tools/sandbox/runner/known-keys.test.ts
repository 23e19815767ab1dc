import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { checkKeys } from "../../../../tools/sandbox/runner/known-keys.ts";

const ROOT = path.join(import.meta.dirname, "../../../..");
/** What users' workflows call, and those that they are given. */
const ours = [".github/workflows", "cli/templates/github/workflows"]
  .flatMap((folder) => readdirSync(path.join(ROOT, folder)).map((name) => `${folder}/${name}`))
  .filter((file) => !/\/(ci|release)\.yml$/.test(file));

it.each(ours)("knows every key of our %s", (name) => {
  checkKeys(name, readFileSync(path.join(ROOT, name), "utf8"));
});

const JOB = "on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n";
it.each([
  ["defaults:\n  run: { shell: sh }\n", "w.yml:5: defaults"],
  ["    services: {}\n", "w.yml:5: jobs.one.services"],
  ["    continue-on-error: true\n", "w.yml:5: jobs.one.continue-on-error"],
  ["    steps:\n      - run: x\n        shell: pwsh\n", "w.yml:7: jobs.one.steps[0].shell is pwsh"],
  ["    steps:\n      - run: x\n        if-no: y\n", "w.yml:7: jobs.one.steps[0].if-no"],
  ["    strategy:\n      max-parallel: 2\n", "w.yml:6: jobs.one.strategy.max-parallel"],
  ["    concurrency:\n      groups: a\n", "w.yml:6: jobs.one.concurrency.groups"],
])("refuses %j with its line", (more, said) => {
  expect(() => checkKeys("w.yml", `${JOB}${more}`)).toThrow(said);
});

it("refuses a filter of an event that it would not look at", () => {
  expect(() => checkKeys("w.yml", "on:\n  push:\n    paths: [a]\njobs: {}\n")).toThrow("w.yml:3: on.push.paths");
});
