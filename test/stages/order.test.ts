import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { ORDER, type StageRow } from "../../core/stages/order.ts";
import { PlannedModel } from "../../schemas/plan.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

interface Job {
  name: string;
  needs?: string | string[];
  if?: string;
  "runs-on": string;
  container?: string;
  permissions: Record<string, string>;
  outputs: Record<string, string>;
  steps: { id: string; with: Record<string, string> }[];
}
const { jobs } = parse(read(".github/workflows/register-model.yml")) as { jobs: Record<string, Job> };
const job = (stage: string) => jobs[stage] as Job;
const ROWS: readonly StageRow[] = ORDER;

it("is that of register-model.yml's jobs, with the last that vouches for the result", () => {
  expect(Object.keys(jobs)).toEqual([...ROWS.map(({ stage }) => stage), "result"]);
});

it.each(ROWS)("gives the job $stage its name, its needs and its output", ({ stage, needs }) => {
  const { name, outputs, steps, ...rest } = job(stage);
  expect(name).toBe(stage);
  expect([rest.needs ?? []].flat()).toEqual(needs);
  expect(steps.map(({ id }) => id)).toEqual([stage]);
  const output = stage === "store" ? "result" : "record";
  expect(outputs[output]).toBe(`\${{ steps.${stage}.outputs.${output} }}`);
});

it.each(ROWS.filter(({ stage }) => stage !== "store"))(
  "hands the job $stage the record of each job that it needs",
  (row) => {
    const [step] = job(row.stage).steps;
    const records = Object.entries(step?.with ?? {}).filter(([, value]) => value.includes(".outputs.record"));
    expect(records.map(([name]) => name).sort()).toEqual([...row.needs].sort());
  },
);

it.each(ROWS)(
  "runs user code in $stage on the runner that the spec names, or none of it there",
  ({ stage, userCode }) => {
    const expected = userCode === false ? "runs-on" : `${userCode}-runs-on`;
    expect(job(stage)["runs-on"]).toBe(`\${{ fromJSON(inputs.${expected}) }}`);
    expect(job(stage).container !== undefined).toBe(userCode !== false);
  },
);

it.each(ROWS)("lets $stage read the repository only if it has to see labels", ({ stage, labels }) => {
  expect(job(stage).permissions["contents"]).toBe(labels ? "read" : undefined);
  expect("commit" in (job(stage).steps[0]?.with ?? {})).toBe(labels || stage === "store");
});

it.each(ROWS.filter(({ optional }) => optional))(
  "runs $stage only where validate found something for it",
  ({ stage }) => {
    expect(job(stage).if).toContain(`needs.validate.outputs.${stage} == 'true'`);
  },
);

it("is what a plan says would run, as far as that is known before the data is read", () => {
  const known = ROWS.filter(({ stage, optional }) => !optional && stage !== "store").map(({ stage }) => stage);
  expect(PlannedModel.shape.steps.element.options).toEqual(known);
});

it("is what docs/actions.md tells of the jobs", () => {
  // The page's first table: the one below it is of another workflow.
  const [table = ""] = /^\| Job [\s\S]*?\n\n/m.exec(read("docs/actions.md")) ?? [];
  const rows = table.matchAll(/^\| `([a-z-]+)` +\|[^|]+\| ([*a-z]+) +\| ([*a-z]+) +\|/gm);
  const told = [...rows].map(([, name, ...yes]) => [name, ...yes.map((each) => each?.includes("yes"))]);
  const expected = ROWS.map(({ stage, userCode, labels }) => [stage, userCode !== false, labels]);
  expect(told.filter(([name]) => name !== "plan")).toEqual(expected);
});
