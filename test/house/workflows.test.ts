import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { registerWorkflows } from "../../tools/build/register-workflows.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const read = (file: string) => parse(readFileSync(path.join(ROOT, file), "utf8"));

interface Step {
  uses?: string;
  with?: Record<string, unknown>;
}
type Permissions = Record<string, string>;
interface Job {
  permissions?: Permissions;
  environment?: string;
  "timeout-minutes"?: unknown;
  steps?: Step[];
  uses?: string;
}
interface Workflow {
  permissions: unknown;
  jobs: Record<string, Job>;
}

const named = (folder: string) =>
  readdirSync(path.join(ROOT, folder)).map((name) => ({ name, file: read(`${folder}/${name}`) as Workflow }));
const WORKFLOWS = named(".github/workflows");
/** What `slipway init --github --bot` writes. */
const CALLERS = named("cli/templates/github/workflows");
const jobsOf = (workflows: typeof WORKFLOWS) =>
  workflows.flatMap(({ name, file }) => Object.entries(file.jobs).map(([id, job]) => ({ name, id, job })));
const JOBS = jobsOf(WORKFLOWS);
const PIPELINE = JOBS.filter(({ name }) => name === "pipeline.yml" || name === "model.yml");
const REGISTER = JOBS.filter(({ name }) => name === "register.yml" || name === "register-model.yml");
const CALLS = JOBS.flatMap(({ name, id, job }) =>
  (job.steps ?? []).filter(({ uses }) => uses?.startsWith("$/actions/")).map((step) => ({ name, id, step })),
);

/** The workflow that a job calls, if it is one of ours. */
function called({ uses }: Job) {
  const [, name] = /^(?:\$|SLIPWAY)\/\.github\/workflows\/([^@]+)/.exec(uses ?? "") ?? [];
  return name === undefined ? undefined : WORKFLOWS.find((each) => each.name === name);
}

/** Every job that a caller's run can have, on every level, with the permissions of the jobs above it. */
function reached(caller: (typeof CALLERS)[number], above: Permissions[] = []): Reached[] {
  return jobsOf([caller]).flatMap(({ name, id, job }) => {
    const below = called(job);
    const here = { place: `${name}: ${id}`, job, above };
    return below ? [here, ...reached(below, [...above, job.permissions ?? {}])] : [here];
  });
}
interface Reached {
  place: string;
  job: Job;
  above: Permissions[];
}

const RANK = ["none", "read", "write"];
const exceeds = (asked: Permissions, granted: Permissions) =>
  Object.entries(asked).filter(([scope, level]) => RANK.indexOf(level) > RANK.indexOf(granted[scope] ?? "none"));
const writes = ({ permissions }: Job) => Object.keys(permissions ?? {}).filter((key) => permissions?.[key] === "write");

it("gives no permission to a whole workflow, its own to every job, and a time limit to those with steps", () => {
  const all = [...WORKFLOWS, ...CALLERS];
  expect(all.filter(({ file }) => Object.keys(file.permissions ?? { all: 1 }).length > 0)).toEqual([]);
  expect(jobsOf(all).filter(({ job }) => typeof job.permissions !== "object")).toEqual([]);
  expect(JOBS.filter(({ job }) => !job.uses && job["timeout-minutes"] === undefined)).toEqual([]);
});

it("lets no job of a pull request's run write, and grants it nothing that writes", () => {
  const caller = CALLERS.find(({ name }) => name === "slipway.yml") as (typeof CALLERS)[number];
  const jobs = reached(caller);
  expect(jobs.length).toBeGreaterThan(11);
  expect(jobs.flatMap(({ place, job }) => writes(job).map((scope) => `${place} ${scope}`))).toEqual([]);
});

it("lets the job store alone write packages, where no user code and no checkout is", () => {
  const steps = REGISTER.filter(({ job }) => job.steps);
  const writing = steps.filter(({ job }) => writes(job).length > 0);
  expect(writing.map(({ name, id }) => `${name} ${id}`)).toEqual(["register-model.yml store"]);
  expect(writing.map(({ job }) => job.permissions)).toEqual([{ "id-token": "write", packages: "write" }]);
  expect(writing.flatMap(({ job }) => job.steps?.map(({ uses }) => uses))).toEqual(["$/actions/store"]);
});

it.each(CALLERS)("calls no job from $name that asks for more than its callers grant, on any level", (caller) => {
  for (const { place, job, above } of reached(caller)) {
    for (const granted of above) {
      expect({ place, more: exceeds(job.permissions ?? {}, granted) }).toEqual({ place, more: [] });
    }
  }
});

it.each(CALLERS)("pins what $name calls to the release that wrote it", (caller) => {
  const uses = jobsOf([caller]).flatMap(({ job }) => [job.uses, ...(job.steps ?? []).map((step) => step.uses)]);
  const found = uses.filter((each) => each !== undefined);
  expect(found.filter((each) => !/^SLIPWAY\/\S+@COMMIT$/.test(each))).toEqual([]);
});

it("gives what opens sealed labels to jobs of the default branch's workflows alone, each in an environment", () => {
  const given = CALLS.filter(({ step }) => "labels" in (step.with ?? {}));
  expect(given.map(({ name, id }) => `${name} ${id}`)).toEqual([
    "compare.yml sealed",
    "register-model.yml score",
    "score-model.yml score",
  ]);
  for (const { name, id } of given) {
    const { job } = JOBS.find((each) => each.name === name && each.id === id) as (typeof JOBS)[number];
    expect(job.environment).toMatch(/inputs\.(labels-)?environment/);
    expect(writes(job)).toEqual([]);
  }
});

it("pins every Action of others by its commit", () => {
  const uses = JOBS.flatMap(({ job }) => [job.uses, ...(job.steps ?? []).map((step) => step.uses)]);
  const others = uses.filter((each) => each !== undefined && !each.startsWith("$/"));
  expect(others.filter((each) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(String(each)))).toEqual([]);
});

it("has the default branch's workflows as `npm run generate` writes them", () => {
  for (const [file, text] of Object.entries(registerWorkflows())) {
    expect(readFileSync(path.join(ROOT, file), "utf8")).toBe(text);
  }
});

it("has no property that actionlint and act do not know", () => {
  const strange = [...WORKFLOWS, ...CALLERS].filter(({ file }) => JSON.stringify(file).includes('"queue"'));
  expect(strange.map(({ name }) => name)).toEqual([]);
});

it("holds up no comment by a deployment", () => {
  const bot = CALLERS.find(({ name }) => name === "slipway-bot.yml")?.file as Workflow & { concurrency?: unknown };
  expect(bot.concurrency).toBeUndefined();
  expect(Object.entries(bot.jobs).flatMap(([id, job]) => ("concurrency" in job ? [id] : []))).toEqual(["bot"]);
});

it("gives jobs that train and predict no token", () => {
  for (const id of ["train", "predict", "baseline"])
    for (const jobs of [PIPELINE, REGISTER]) expect(jobs.find((each) => each.id === id)?.job.permissions).toEqual({});
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
