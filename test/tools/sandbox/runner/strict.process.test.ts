import { expect, it } from "vitest";
import type { RunnerOptions } from "../../../../tools/sandbox/runner/attempt.ts";
import { onPush, running } from "./running.ts";

const RUN = `runs-on: ubuntu-latest, steps: [{ run: "true" }]`;
const CALLED = (jobs: string, call = "{}") => `on: { workflow_call: ${call} }\njobs:\n  inner: { ${jobs} }\n`;

/** How a push of these jobs ends: each job's conclusion, with what is said where it did not run. */
async function ends(jobs: string, packaged: Record<string, string> = {}, options: Partial<RunnerOptions> = {}) {
  const { push, jobs: ran, runs, repo } = await running({}, packaged, options);
  await push(onPush(jobs));
  const said = runs().flatMap((run) => run.jobs.map(({ id }) => repo.checks.get(id)?.output.summary ?? ""));
  return { jobs: ran(), said: said.join("\n") };
}

const at = (file: string) => `slipway/slipway/.github/workflows/${file}`;
const INNER = ".github/workflows/inner.yml";

it("refuses a job for a runner that nobody hosts", async () => {
  const { jobs, said } = await ends(`  far: { runs-on: our-gpu, steps: [{ run: "true" }] }\n`);
  expect(jobs).toEqual({ far: "failure" });
  expect(said).toContain("no runner has the label our-gpu");
});

it("shows a run under the name that its workflow gives it", async () => {
  const world = await running({});
  await world.push(onPush(`  one: { ${RUN} }\n`, `run-name: On \${{ github.ref_name }}\n`));
  expect(world.runs()[0]?.displayTitle).toBe("On main");
});

it("refuses a job in an image, unless there is none to run in", async () => {
  const { jobs, said } = await ends(`  a: { container: "", ${RUN} }\n  b: { container: "python:3", ${RUN} }\n`);
  expect(jobs).toEqual({ a: "success", b: "failure" });
  expect(said).toContain('container: "python:3" is not run');
});

it.each([
  ["another ref than the release's", `uses: ${at("inner.yml")}@main`, CALLED(RUN), "slipway/slipway has no main"],
  [
    "a called job that asks for more than its caller grants",
    `permissions: { contents: read }, uses: ${at("inner.yml")}@v1`,
    CALLED(`permissions: { packages: write }, ${RUN}`),
    "jobs.inner: The workflow asks for packages: write, but is only allowed packages: none",
  ],
  [
    "a secret that the called workflow does not declare",
    `uses: ${at("inner.yml")}@v1, secrets: { key: x }`,
    CALLED(RUN),
    "declares no secret key",
  ],
  [
    "a secret that is required and missing",
    `uses: ${at("inner.yml")}@v1`,
    CALLED(RUN, "{ secrets: { key: { required: true } } }"),
    "requires the secret key",
  ],
  [
    "a secret that is used and not declared",
    `uses: ${at("inner.yml")}@v1`,
    CALLED(`env: { A: "\${{ secrets.key }}" }, ${RUN}`),
    "secrets.key is used and not declared",
  ],
  [
    "a key that is not known, in a called file",
    `uses: ${at("inner.yml")}@v1`,
    CALLED(`services: {}, ${RUN}`),
    "inner.yml:3: jobs.inner.services",
  ],
])("ends a run at its start for %s", async (_, job, inner, said) => {
  const found = await ends(`  first: { ${RUN} }\n  call: { ${job} }\n`, { [INNER]: inner });
  expect(found.jobs).toEqual({ ".github/workflows/ci.yml": "failure" });
  expect(found.said).toContain(said);
});

it("fails a call with an input of another type", async () => {
  const inner = CALLED(RUN, "{ inputs: { count: { type: number } } }");
  const { jobs, said } = await ends(`  call: { uses: ${at("inner.yml")}@v1, with: { count: "many" } }\n`, {
    [INNER]: inner,
  });
  expect(jobs).toEqual({ call: "failure" });
  expect(said).toContain("input count is declared as number");
});

it("fails a step that hands an Action an input that it does not have", async () => {
  const action = "name: A\ndescription: A\ninputs: {}\nruns: { using: node24, main: a.cjs }\n";
  const jobs = `  one: { runs-on: ubuntu-latest, steps: [{ uses: slipway/slipway/actions/a@v1, with: { b: c } }] }\n`;
  const found = await ends(jobs, { "actions/a/action.yml": action, "actions/a/a.cjs": "" });
  expect(found.jobs).toEqual({ one: "failure" });
});

it("keeps no more than ten annotations of a level for a step, and no summary over a mebibyte", async () => {
  const script = "seq 1 30 | sed 's/^/::warning::/'; head -c 1100000 /dev/zero | tr '\\\\0' x > $GITHUB_STEP_SUMMARY";
  const world = await running({});
  await world.push(onPush(`  loud:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${JSON.stringify(script)}\n`));
  const { annotations = [], output } = world.repo.checks.get(world.runs()[0]?.jobs[0]?.id ?? 0) ?? {};
  expect(annotations.map(({ annotation_level }) => annotation_level)).toEqual([
    ...Array(10).fill("warning"),
    "failure",
  ]);
  expect(output?.summary).toBeNull();
});

it("gives each job a home, a temporary folder and a tool cache of its own", async () => {
  const leave =
    'for place in "$HOME" "$RUNNER_TEMP" "$RUNNER_TOOL_CACHE"; do mkdir -p $place; test ! -e $place/mark; touch $place/mark; done';
  const steps = `runs-on: ubuntu-latest, steps: [{ run: ${JSON.stringify(leave)} }]`;
  const { jobs } = await ends(`  one: { ${steps} }\n  two: { needs: one, ${steps} }\n`);
  expect(jobs).toEqual({ one: "success", two: "success" });
});
