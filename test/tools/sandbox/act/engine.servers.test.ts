import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { actEngine } from "../../../../tools/sandbox/act/engine.ts";
import type { Engine } from "../../../../tools/sandbox/runner/attempt.ts";
import { program } from "../../../../tools/servers/programs.ts";
import { until } from "../../../helpers/app-process.ts";
import { onPush, type Running, running } from "../runner/running.ts";

const act = () => actEngine({ act: program("act"), node: program("node24") });
const AT = { owner: "acme", repo: "models" };

/** A workflow with what Slipway's use: a matrix from an output, called workflows in each other, and jobs after failures. */
const CALLER = onPush(
  `  first:
    runs-on: ubuntu-latest
    outputs: { names: "\${{ steps.list.outputs.names }}" }
    steps:
      - id: list
        run: |
          echo 'names=["one","two-2"]' >> "$GITHUB_OUTPUT"
          echo '::warning file=a.yaml,line=3,title=Look::hello, world'
          echo '### Listed' >> "$GITHUB_STEP_SUMMARY"
  outer:
    needs: first
    uses: slipway/slipway/.github/workflows/outer.yml@v1
    with: { names: "\${{ needs.first.outputs.names }}" }
  left-out:
    if: \${{ github.ref == 'refs/heads/other' }}
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
  tree:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with: { ref: main, fetch-depth: 0 }
      - run: test "$(git rev-parse HEAD)" = "$GITHUB_SHA" && test -f README.md
      - run: echo "::error::not this time" && exit 1
      - if: \${{ always() }}
        run: test "$RUNNER_TEMP" != "" && echo "::notice::after all"
`,
);

const PACKAGE = {
  ".github/workflows/outer.yml": `name: Outer
on: { workflow_call: { inputs: { names: { type: string, required: true } } } }
jobs:
  each:
    name: \${{ matrix.name }}
    strategy: { fail-fast: false, matrix: { name: "\${{ fromJSON(inputs.names) }}" } }
    uses: $/.github/workflows/inner.yml
    with: { name: "\${{ matrix.name }}" }
  end:
    name: end
    needs: each
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
`,
  ".github/workflows/inner.yml": `name: Inner
on:
  workflow_call:
    inputs: { name: { type: string, required: true } }
    outputs: { said: { value: "\${{ jobs.say.outputs.said }}" } }
jobs:
  say:
    name: say
    runs-on: ubuntu-latest
    outputs: { said: "\${{ steps.say.outputs.said }}" }
    steps:
      - id: say
        uses: $/actions/say
        with: { name: "\${{ inputs.name }}" }
  after:
    name: \${{ needs.say.outputs.said }}
    needs: say
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
`,
  "actions/say/action.yml": `name: Say
description: Says a name.
inputs: { name: { description: A name., required: true } }
runs: { using: node24, main: main.cjs }
`,
  "actions/say/main.cjs": `require("node:fs").appendFileSync(process.env.GITHUB_OUTPUT, "said=" + process.env.INPUT_NAME + "\\n");`,
};

/** What a person sees of the newest run: jobs that ran, how they ended, what they noted. */
function seen({ runs, repo }: Running) {
  const run = runs().at(-1);
  const jobs = (run?.jobs ?? []).filter(
    ({ attempt, conclusion }) => attempt === run?.attempt && conclusion !== "skipped",
  );
  const notes = jobs.map(({ id, name, conclusion }) => {
    const { annotations = [], output } = repo.checks.get(id) ?? {};
    const marks = annotations.map(({ path, start_line, annotation_level, title, message }) => [
      ...[path, start_line, annotation_level, title, message],
    ]);
    return [name, { conclusion, summary: output?.summary?.trim() ?? "", marks }] as const;
  });
  return { event: run?.event, conclusion: run?.conclusion, jobs: Object.fromEntries(notes.sort()) };
}

async function pushed(engine?: Engine) {
  const world = await running({}, PACKAGE, engine && { engine });
  await world.push(CALLER);
  return world;
}

it("runs the same jobs to the same ends and notes as the stand-in's own runner", async () => {
  const [own, real] = [seen(await pushed()), seen(await pushed(act()))];

  expect(Object.keys(real.jobs)).toHaveLength(7);
  expect(real).toEqual(own);
});

it("ends a run that somebody cancels, with steps that always run", async () => {
  const world = await running({}, PACKAGE, { engine: act() });
  const steps = `      - run: echo begun && sleep 100\n      - if: \${{ always() }}\n        run: echo tidied\n`;
  const pushing = world.push(onPush(`  slow:\n    name: slow\n    runs-on: ubuntu-latest\n    steps:\n${steps}`));
  await until(async () => /begun/.test(await world.log("slow").catch(() => "")));

  await world.sandbox.octokit("ada").rest.actions.cancelWorkflowRun({ ...AT, run_id: world.runs()[0]?.id ?? 0 });
  await pushing;

  expect(seen(world)).toMatchObject({ conclusion: "cancelled", jobs: { slow: { conclusion: "cancelled" } } });
  expect(await world.log("slow")).toContain("tidied");
});

it("runs a run again as another attempt", async () => {
  const world = await running({}, PACKAGE, { engine: act() });
  await world.push(
    onPush(`  once:\n    runs-on: ubuntu-latest\n    steps: [{ run: 'test "$GITHUB_RUN_ATTEMPT" = 2' }]\n`),
  );
  expect(seen(world).conclusion).toBe("failure");

  await world.sandbox.octokit("ada").rest.actions.reRunWorkflow({ ...AT, run_id: world.runs()[0]?.id ?? 0 });
  await world.sandbox.idle();

  expect(seen(world)).toMatchObject({ conclusion: "success", jobs: { once: { conclusion: "success" } } });
});

it("gives the Actions of each job a home of its own, and copies no Action for it", async () => {
  const main = `console.log("home " + process.env.HOME + "; own file " + import.meta.filename);\n`;
  const look = { "actions/look/action.yml": "name: Look\nruns: { using: node24, main: main.mjs }\n" };
  const world = await running({}, { ...PACKAGE, ...look, "actions/look/main.mjs": main }, { engine: act() });
  const job = (name: string) =>
    `  ${name}:\n    runs-on: ubuntu-latest\n    steps: [{ uses: slipway/slipway/actions/look@v1 }]\n`;
  await world.push(onPush(job("one") + job("two")));

  const logs = [await world.log("one"), await world.log("two")];
  const [homes, files] = [/^home (.+); /m, /own file (.+)$/m].map((what) => logs.map((log) => what.exec(log)?.[1]));
  expect(new Set(homes).size).toBe(2);
  expect(new Set(files)).toEqual(new Set([expect.stringMatching(/\/package\/actions\/look\/main\.mjs$/)]));
});

it("refuses a job for a runner that it is not, which act alone would leave out", async () => {
  const world = await running({}, PACKAGE, { engine: act() });

  await world.push(onPush(`  far:\n    runs-on: windows-latest\n    steps: [{ run: "true" }]\n`));

  expect(seen(world)).toMatchObject({ conclusion: "failure", jobs: { far: { conclusion: "failure" } } });
});

it("says why a workflow file does not run", async () => {
  const world = await running({}, PACKAGE, { engine: act() });

  await world.push(onPush(`  far:\n    uses: other/place/.github/workflows/x.yml@v1\n`));

  const { jobs, conclusion } = seen(world);
  expect(conclusion).toBe("failure");
  expect(JSON.stringify(jobs)).toMatch(/other\/place/);
});

it("asks act again where it crashed", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "slipway-crashing-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const crashing = path.join(folder, "act");
  const once = `#!/bin/sh\n[ -e ${folder}/crashed ] && exec ${program("act")} "$@"\n: > ${folder}/crashed\nexit 2\n`;
  await writeFile(crashing, once, { mode: 0o755 });
  const world = await running({}, PACKAGE, { engine: actEngine({ act: crashing, node: program("node24") }) });

  await world.push(onPush(`  fine:\n    runs-on: ubuntu-latest\n    steps: [{ run: "true" }]\n`));

  expect(seen(world)).toMatchObject({ conclusion: "success", jobs: { fine: { conclusion: "success" } } });
});
