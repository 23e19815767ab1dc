import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { onPush, running } from "./running.ts";

const at = { owner: "acme", repo: "models" };
const CHECKOUT = "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8";
const workflow = (on: string, jobs: string, name = "ci") => ({
  [`.github/workflows/${name}.yml`]: `name: ${name}\non: ${on}\njobs:\n${jobs}`,
});
const SAY = (words: string) => `  one:\n    runs-on: ubuntu-latest\n    steps: [{ run: 'echo "<${words}>"' }]\n`;

it("runs a pull request on its merge commit, with the head beside it", async () => {
  const { sandbox, push, runs, log, repo } = await running(
    workflow(
      "pull_request",
      SAY(`$GITHUB_SHA $GITHUB_REF \${{ github.event.pull_request.head.sha }} $GITHUB_BASE_REF`),
    ),
  );
  await push({ "a.txt": "1" }, "change");
  await sandbox.octokit("ada").rest.pulls.create({ ...at, title: "Change", head: "change", base: "main" });
  await sandbox.idle();
  const [pull] = repo.pulls.values();
  expect(await log("one")).toContain(`<${pull?.mergeCommit} refs/pull/1/merge ${pull?.head.sha} main>`);
  expect(runs()).toMatchObject([{ event: "pull_request", headSha: pull?.head.sha, pulls: [{ number: 1 }] }]);
});

it("starts nothing on branches that the filter leaves out", async () => {
  const { push, runs } = await running(workflow("{ push: { branches: [main, 'release/**'] } }", SAY("")));
  await push({ a: "1" }, "other");
  expect(runs()).toHaveLength(0);
  await push({ a: "2" }, "release/1/2");
  await push({ a: "3" }, "main");
  expect(runs().map(({ headBranch }) => headBranch)).toEqual(["release/1/2", "main"]);
});

it("gives a fork's pull request no secret, and a token that only reads", async () => {
  const write = `  one:
    permissions: { contents: write, issues: write }
    runs-on: ubuntu-latest
    env: { TOKEN: "\${{ github.token }}", KEY: "\${{ secrets.KEY }}" }
    steps:
      - run: |
          echo "key: <$KEY>"
          curl -s -o /dev/null -w 'comment: %{http_code}\\n' -H "authorization: Bearer $TOKEN" -d '{"body":"hi"}' \\
            "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/1/comments"
`;
  const options = { secrets: { "acme/models": { KEY: "hush-hush" } } };
  const { sandbox, push, log, repo } = await running(workflow("pull_request", write), {}, options);
  await push({ "a.txt": "1" }, "own");
  await sandbox.octokit("ada").rest.pulls.create({ ...at, title: "Own", head: "own", base: "main" });
  await sandbox.idle();
  expect(await log("one")).toMatch(/key: <\*\*\*>\ncomment: 201/);
  sandbox.addUser("eve");
  await push({ "b.txt": "1" }, "evil");
  await sandbox.octokit("eve").rest.repos.createFork(at);
  await sandbox.octokit("eve").rest.pulls.create({ ...at, title: "Evil", head: "eve:evil", base: "main" });
  await sandbox.idle();
  expect(await log("one")).toMatch(/key: <>\ncomment: 403/);
  expect([...repo.comments.values()].map(({ user }) => user.login)).toEqual(["github-actions[bot]"]);
});

it("checks out over Git's own HTTP, and leaves no credential where it should not", async () => {
  const steps = (more: string) => `  one:
    permissions: { contents: read }
    runs-on: ubuntu-latest
    steps:
      - uses: ${CHECKOUT}
        with: { persist-credentials: false${more} }
      - run: |
          cat a.txt
          git log --oneline | wc -l
          git rev-parse --abbrev-ref HEAD
          ! grep -ri authorization .git
          git branch --remotes
`;
  const { push, log, jobs } = await running(workflow("push", steps("")));
  await push({ "a.txt": "the file\n" });
  expect(await log("one")).toMatch(/the file\n1\nmain\n {2}origin\/main\n/);
  expect(jobs()).toEqual({ one: "success" });
  await push({ ...workflow("push", steps(", fetch-depth: 0")), "a.txt": "deep\n" }, "side");
  expect(await log("one")).toMatch(/deep\n3\nside\n {2}origin\/main\n {2}origin\/side\n/);
});

it("lets a job push only what its permissions say, starts nothing by that, and ends its token with it", async () => {
  const pushing = (level: string) => `  one:
    permissions: { contents: ${level} }
    runs-on: ubuntu-latest
    steps:
      - uses: ${CHECKOUT}
      - run: |
          git config --get-regexp extraheader | cut -d' ' -f4 | base64 -d
          git push -q origin HEAD:refs/heads/made-$GITHUB_RUN_NUMBER
`;
  const { sandbox, push, jobs, runs, log, repo } = await running(workflow("push", pushing("read")));
  await push({ a: "1" });
  expect(jobs()).toEqual({ one: "failure" });
  await push({ ...workflow("push", pushing("write")) });
  expect(jobs()).toEqual({ one: "success" });
  expect(runs()).toHaveLength(2);
  expect(await log("one")).not.toContain("ghs_");
  expect([...sandbox.state.tokens.values()].filter(({ kind }) => kind === "installation")).toEqual([]);
  expect(repo.runs.size).toBe(2);
});

it("starts the workflow that a job's own token asks for by name", async () => {
  const asking = `  one:
    permissions: { actions: write }
    runs-on: ubuntu-latest
    steps:
      - env: { TOKEN: "\${{ github.token }}" }
        run: >-
          curl -sf -H "Authorization: Bearer $TOKEN" -d '{"ref":"main"}'
          "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/actions/workflows/other.yml/dispatches"
`;
  const other =
    "name: Other\non: workflow_dispatch\njobs:\n  two: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] }\n";
  const { sandbox, push, repo } = await running({ ".github/workflows/other.yml": other });
  await push(workflow("push", asking));
  await sandbox.idle();
  const ran = [...repo.runs.values()].map(({ workflow, conclusion }) => `${workflow.name}: ${conclusion}`);
  expect(ran.at(-1)).toBe("Other: success");
});

const GROUP = (more: string) => `concurrency:\n  group: g-\${{ github.ref }}\n  ${more}\n`;

it("lets a newer run of the group cancel the one that runs", async () => {
  const { sandbox, push, runs } = await running({});
  const long = "  one: { runs-on: ubuntu-latest, steps: [{ run: sleep 60 }] }\n";
  await push(onPush(long, GROUP("cancel-in-progress: true")), "main", false);
  while (runs()[0]?.jobs[0]?.steps[0]?.status !== "in_progress") await sleep(20);
  await push(
    onPush("  one: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] }\n", GROUP("cancel-in-progress: true")),
  );
  await sandbox.idle();
  expect(runs().map(({ conclusion }) => conclusion)).toEqual(["cancelled", "success"]);
});

it.each([
  ["queue: max", ["success", "success", "success"]],
  ["cancel-in-progress: false", ["success", "cancelled", "success"]],
])("makes runs of a group wait, with %s", async (more, expected) => {
  const { sandbox, push, runs } = await running({});
  const go = path.join(sandbox.state.folder, "go");
  const waits = `  one: { runs-on: ubuntu-latest, steps: [{ run: 'until test -e ${go}; do sleep 0.05; done' }] }\n`;
  for (const [before, a] of ["1", "2", "3"].entries()) {
    await push({ ...onPush(waits, GROUP(more)), a }, "main", false);
    while (runs().length <= before) await sleep(20);
  }
  await writeFile(go, "");
  await sandbox.idle();
  expect(runs().map(({ conclusion }) => conclusion)).toEqual(expected);
});

it("runs failed jobs again with what needs them, and keeps the others' outputs", async () => {
  const { sandbox, push, runs, jobs } = await running({});
  await push(
    onPush(`  good:
    runs-on: ubuntu-latest
    outputs: { at: "\${{ steps.at.outputs.at }}" }
    steps: [{ id: at, run: 'echo "at=$GITHUB_RUN_ATTEMPT" >> "$GITHUB_OUTPUT"' }]
  flaky: { runs-on: ubuntu-latest, steps: [{ run: 'test "$GITHUB_RUN_ATTEMPT" = 2' }] }
  after:
    needs: [good, flaky]
    name: good of \${{ needs.good.outputs.at }}
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
`),
  );
  expect(jobs()).toEqual({ good: "success", flaky: "failure", after: "skipped" });
  const [run] = runs();
  await sandbox.octokit("ada").rest.actions.reRunWorkflowFailedJobs({ ...at, run_id: run?.id ?? 0 });
  await sandbox.idle();
  expect(run).toMatchObject({ attempt: 2, conclusion: "success" });
  expect(jobs(run, 2)).toEqual({ good: "success", flaky: "success", "good of 1": "success" });
  await sandbox.octokit("ada").rest.actions.reRunWorkflow({ ...at, run_id: run?.id ?? 0 });
  await sandbox.idle();
  expect(jobs(run, 3)).toEqual({ good: "success", flaky: "failure", after: "skipped" });
});

it("lets only runs of its branches into an environment", async () => {
  const environments = { "acme/models": { slipway: { branches: ["main"], secrets: { DEPLOY: "hush-hush" } } } };
  const job = `  one: { environment: slipway, runs-on: ubuntu-latest, steps: [{ run: 'echo "<\${{ secrets.DEPLOY }}>"' }] }\n`;
  const { push, jobs, repo, log } = await running(workflow("push", job), {}, { environments });
  await push({ a: "1" });
  expect(await log("one")).toContain("<***>");
  await push({ a: "2" }, "other");
  expect(jobs()).toEqual({ one: "failure" });
  expect([...repo.checks.values()].at(-1)?.output.summary).toMatch(/not allowed to deploy to slipway/);
});

it("runs the default branch's file for a comment and for another workflow's end", async () => {
  const files = {
    ...workflow("{ push: { branches: [side] } }", SAY("first"), "ci"),
    ...workflow(
      "{ workflow_run: { workflows: [ci], types: [completed] }, issue_comment: { types: [created] } }",
      SAY("$GITHUB_EVENT_NAME $GITHUB_REF"),
      "after",
    ),
  };
  const { sandbox, push, runs, log } = await running(files);
  await push(workflow("{ workflow_run: { types: [completed] } }", SAY("of the branch"), "after"), "side");
  expect(runs().map(({ event }) => event)).toEqual(["push", "workflow_run"]);
  expect(await log("one")).toContain("<workflow_run refs/heads/main>");
  await sandbox.octokit("ada").rest.pulls.create({ ...at, title: "Side", head: "side", base: "main" });
  await sandbox.octokit("ada").rest.issues.createComment({ ...at, issue_number: 1, body: "/help" });
  await sandbox.idle();
  expect(runs().at(-1)).toMatchObject({ event: "issue_comment", headBranch: "main" });
});

it("runs by the clock what has one, on the default branch, with an event that says nothing of the repository", async () => {
  const { sandbox, repo, log, runs } = await running({
    ...workflow("{ schedule: [{ cron: '17 4 * * *' }] }", SAY(`$GITHUB_REF [\${{ github.event.repository.name }}]`)),
    ...workflow("push", SAY(""), "other"),
  });
  sandbox.schedule(repo.fullName);
  await sandbox.idle();
  expect(runs()).toMatchObject([{ event: "schedule", headBranch: "main", conclusion: "success" }]);
  expect(await log("one")).toContain("<refs/heads/main []>");
});
