import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";

const ROOT = path.join(import.meta.dirname, "../..");
const read = (file: string) => parse(readFileSync(path.join(ROOT, file), "utf8"));

interface Step {
  uses?: string;
  with?: Record<string, unknown>;
}
interface Job {
  permissions?: Record<string, string>;
  "timeout-minutes"?: unknown;
  steps?: Step[];
  uses?: string;
}

const WORKFLOWS = readdirSync(path.join(ROOT, ".github/workflows")).map((name) => ({
  name,
  file: read(`.github/workflows/${name}`) as { permissions: unknown; jobs: Record<string, Job> },
}));
const JOBS = WORKFLOWS.flatMap(({ name, file }) => Object.entries(file.jobs).map(([id, job]) => ({ name, id, job })));
const PIPELINE = JOBS.filter(({ name }) => name === "pipeline.yml" || name === "model.yml");
const CALLS = JOBS.flatMap(({ name, id, job }) =>
  (job.steps ?? []).filter(({ uses }) => uses?.startsWith("$/actions/")).map((step) => ({ name, id, step })),
);

it("gives no permission to a whole workflow, and a time limit to every job", () => {
  expect(WORKFLOWS.filter(({ file }) => Object.keys(file.permissions ?? { all: 1 }).length > 0)).toEqual([]);
  expect(JOBS.filter(({ job }) => !job.uses && job["timeout-minutes"] === undefined)).toEqual([]);
});

it("lets no job of the pipeline write", () => {
  expect(PIPELINE.length).toBeGreaterThan(8);
  for (const { job } of PIPELINE) expect(["{}", '{"contents":"read"}']).toContain(JSON.stringify(job.permissions));
});

it("gives jobs that train and predict no token", () => {
  for (const id of ["train", "predict", "baseline"])
    expect(PIPELINE.find((each) => each.id === id)?.job.permissions).toEqual({});
});

it.each(CALLS)("$name: $id gives its Action what it needs, and nothing that it does not know", ({ step }) => {
  const { inputs } = read(`${step.uses?.slice(2)}/action.yml`) as {
    inputs: Record<string, { required?: boolean; default?: unknown }>;
  };
  const given = Object.keys(step.with ?? {});
  expect(given.filter((input) => !(input in inputs))).toEqual([]);
  const needed = Object.entries(inputs).filter(([, { required }]) => required === true);
  expect(needed.map(([input]) => input).filter((input) => !given.includes(input))).toEqual([]);
});

it("reads no output that an Action does not have", () => {
  for (const { name, file } of WORKFLOWS) {
    const text = JSON.stringify(file);
    for (const [id, job] of Object.entries(file.jobs)) {
      for (const step of (job.steps ?? []) as (Step & { id?: string })[]) {
        if (!step.id || !step.uses?.startsWith("$/actions/")) continue;
        const { outputs = {} } = read(`${step.uses.slice(2)}/action.yml`) as { outputs?: object };
        const asked = [...text.matchAll(new RegExp(`steps\\.${step.id}\\.outputs\\.([a-z-]+)`, "g"))].map(
          ([, one]) => one,
        );
        expect({ name, id, strange: asked.filter((one) => !(String(one) in outputs)) }).toEqual({
          name,
          id,
          strange: [],
        });
      }
    }
  }
});
