import { expect, it, vi } from "vitest";
import { onPush, running } from "./running.ts";

it("runs what a push asks for, and tells of it from queued to completed", async () => {
  const told: string[] = [];
  const { sandbox, push, runs, jobs } = await running({});
  Object.assign(sandbox.state.observer, {
    webhook: ({ event, payload }: { event: string; payload: { action: string } }) => {
      if (event === "workflow_run") told.push(payload.action);
    },
  });
  await push(onPush("  one:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo hello\n"));
  expect(runs()).toMatchObject([{ event: "push", status: "completed", conclusion: "success", headBranch: "main" }]);
  expect(jobs()).toEqual({ one: "success" });
  expect(told).toEqual(["requested", "in_progress", "completed"]);
});

it("hands outputs from step to job to job, and gives steps a clean environment", async () => {
  vi.stubEnv("HOST_SECRET", "of this machine");
  const { push, log } = await running({});
  await push(
    onPush(`  one:
    runs-on: ubuntu-latest
    outputs: { word: "\${{ steps.say.outputs.word }}" }
    steps:
      - id: say
        run: |
          echo "word=bird" >> "$GITHUB_OUTPUT"
          echo "MORE=again" >> "$GITHUB_ENV"
      - run: echo "<$MORE $HOST_SECRET $ACTIONS_RUNTIME_TOKEN>"
  two:
    needs: one
    runs-on: ubuntu-latest
    env: { WORD: "\${{ needs.one.outputs.word }}" }
    steps:
      - run: echo "<$WORD \${{ needs.one.result }} $GITHUB_JOB>"
`),
  );
  expect(await log("one")).toContain("<again  >");
  expect(await log("two")).toContain("<bird success two>");
});

it("skips what needs a failed job, but for what asks for failures", async () => {
  const { push, jobs, runs } = await running({});
  await push(
    onPush(`  bad: { runs-on: ubuntu-latest, steps: [{ run: exit 1 }, { run: echo never }, { if: failure(), run: echo seen }] }
  next: { needs: bad, runs-on: ubuntu-latest, steps: [{ run: "true" }] }
  after: { needs: next, runs-on: ubuntu-latest, steps: [{ run: "true" }] }
  anyway: { needs: [bad, next], if: "\${{ !cancelled() }}", runs-on: ubuntu-latest, steps: [{ run: "true" }] }
  sorry: { needs: after, if: failure(), runs-on: ubuntu-latest, steps: [{ run: "true" }] }
`),
  );
  expect(jobs()).toEqual({ bad: "failure", next: "skipped", after: "skipped", anyway: "success", sorry: "success" });
  expect(
    runs()[0]
      ?.jobs.find(({ name }) => name === "bad")
      ?.steps.map(({ conclusion }) => conclusion),
  ).toEqual(["failure", "skipped", "success"]);
});

it("runs a matrix that an earlier job made, a leg for each, and no leg where `if` says none", async () => {
  const jobs = (list: string) => `  plan:
    runs-on: ubuntu-latest
    outputs: { list: '\${{ steps.list.outputs.list }}', count: "\${{ steps.list.outputs.count }}" }
    steps:
      - id: list
        run: printf '%s\\n' 'list={"include":${list}}' 'count=${JSON.parse(list).length}' >> "$GITHUB_OUTPUT"
  leg:
    needs: plan
    if: \${{ needs.plan.outputs.count != '0' }}
    strategy: { fail-fast: false, matrix: "\${{ fromJSON(needs.plan.outputs.list) }}" }
    name: model \${{ matrix.name }}
    runs-on: ubuntu-latest
    steps:
      - run: test "\${{ matrix.name }}" = a
`;
  const { push, jobs: ended } = await running({});
  await push(onPush(jobs('[{"name":"a"},{"name":"b"}]')));
  expect(ended()).toEqual({ plan: "success", "model a": "success", "model b": "failure" });
  await push(onPush(jobs("[]")));
  expect(ended()).toEqual({ plan: "success", leg: "skipped" });
});

it("calls the package's workflows, with inputs, secrets and outputs, and names jobs by caller and called", async () => {
  const { push, jobs, log } = await running(
    {},
    {
      ".github/workflows/called.yml": `on:
  workflow_call:
    inputs:
      word: { type: string, required: true }
      count: { type: number, default: 3 }
    secrets: { key: {} }
    outputs:
      said: { value: "\${{ jobs.inner.outputs.said }}" }
jobs:
  inner:
    runs-on: ubuntu-latest
    outputs: { said: "\${{ steps.say.outputs.said }}" }
    steps:
      - id: say
        env: { KEY: "\${{ secrets.key }}" }
        run: |
          echo "said=\${{ inputs.word }}-\${{ inputs.count }}-\${#KEY}" >> "$GITHUB_OUTPUT"
          echo "the key is $KEY"
  named:
    needs: inner
    name: \${{ needs.inner.outputs.said || 'result' }}
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
`,
    },
    { secrets: { "acme/models": { KEY: "hush-hush" } } },
  );
  await push(
    onPush(`  call:
    uses: slipway/slipway/.github/workflows/called.yml@v1
    with: { word: hi }
    secrets: { key: "\${{ secrets.KEY }}" }
  after:
    needs: call
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "<\${{ needs.call.outputs.said }}>"' }]
`),
  );
  expect(jobs()).toEqual({ "call / inner": "success", "call / hi-3-9": "success", after: "success" });
  expect(await log("after")).toContain("<hi-3-9>");
  expect(await log("call / inner")).toContain("the key is ***");
});

const ACTION = {
  "actions/echo/action.yml": `name: Echo
inputs:
  word: { default: "nothing from \${{ github.repository }}" }
runs: { using: node24, main: main.js, post: post.js }
`,
  "actions/echo/main.js": `const fs = require("node:fs");
const { INPUT_WORD, GITHUB_OUTPUT, GITHUB_STATE, ACTIONS_RUNTIME_TOKEN } = process.env;
fs.appendFileSync(GITHUB_OUTPUT, "word<<END\\n" + INPUT_WORD + "\\nEND\\n");
fs.appendFileSync(GITHUB_STATE, "kept=" + INPUT_WORD + "\\n");
console.log("::error file=model.yaml,line=3,col=5,title=Wrong::two%0Alines");
console.log("::add-mask::whisper");
console.log("a whisper, runtime: " + (ACTIONS_RUNTIME_TOKEN !== undefined));
`,
  "actions/echo/post.js": "console.log('post of ' + process.env.STATE_kept);",
};

it("spawns the package's actions: inputs and defaults, outputs, annotations, masks, post steps", async () => {
  const { push, log, repo } = await running({}, ACTION);
  await push(
    onPush(`  one:
    runs-on: ubuntu-latest
    steps:
      - { id: echo, uses: slipway/slipway/actions/echo@v1 }
      - run: echo "<\${{ steps.echo.outputs.word }}>"
`),
  );
  const said = await log("one");
  expect(said).toContain("<nothing from acme/models>");
  expect(said).toContain("a ***, runtime: true");
  expect(said.trimEnd().split("\n").at(-1)).toBe("post of nothing from acme/models");
  const [check] = [...repo.checks.values()].filter(({ name }) => name === "one");
  expect(check?.annotations).toMatchObject([
    { path: "model.yaml", start_line: 3, start_column: 5, annotation_level: "failure", message: "two\nlines" },
  ]);
});

it("resolves $/ in the package's workflows to the package", async () => {
  const called =
    "on: { workflow_call: {} }\njobs:\n  inner:\n    runs-on: ubuntu-latest\n    steps: [{ uses: $/actions/echo, with: { word: mine } }]\n";
  const { push, log } = await running({}, { ...ACTION, ".github/workflows/called.yml": called });
  await push(onPush("  call: { uses: slipway/slipway/.github/workflows/called.yml@v1 }\n"));
  expect(await log("call / inner")).toContain("post of mine");
});

it("stops a job at its time limit, with what it started", async () => {
  const { push, jobs } = await running({});
  const steps = "steps: [{ run: 'sleep 60 & sleep 60' }]";
  await push(onPush(`  slow: { runs-on: ubuntu-latest, timeout-minutes: 0.01, ${steps} }\n`));
  expect(jobs()).toEqual({ slow: "cancelled" });
});

it("makes a workflow that is none a failed run", async () => {
  const { push, runs } = await running({});
  await push({ ".github/workflows/bad.yml": "on: push\njobs: [oops\n" });
  expect(runs()).toMatchObject([{ conclusion: "failure", workflow: { path: ".github/workflows/bad.yml" } }]);
});
