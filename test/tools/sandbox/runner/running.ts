import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { releaseRefs } from "../../../../tools/demo/github-home/release-refs.ts";
import type { RunnerOptions } from "../../../../tools/sandbox/runner/attempt.ts";
import { workflowRunner } from "../../../../tools/sandbox/runner/runner.ts";
import { type Sandbox, startSandbox } from "../../../../tools/sandbox/start.ts";
import type { Repo, WorkflowRun } from "../../../../tools/sandbox/state.ts";

const exec = promisify(execFile);

type Files = Readonly<Record<string, string>>;

export interface Running {
  sandbox: Sandbox;
  repo: Repo;
  /** Commits these files on a branch as ada, pushes, and waits until every run has ended. */
  push(files: Files, branch?: string, wait?: boolean): Promise<void>;
  /** Runs, oldest first. */
  runs(): WorkflowRun[];
  /** Names and conclusions of a run's jobs; of the newest run's newest attempt unless told otherwise. */
  jobs(run?: WorkflowRun, attempt?: number): Record<string, string | null>;
  /** What the job of this name printed. */
  log(name: string): Promise<string>;
}

/** A stand-in with a runner, a repository `acme/models` of ada's, and a package `slipway/slipway` of these files. */
export async function running(
  files: Files,
  packaged: Files = {},
  options: Partial<RunnerOptions> = {},
): Promise<Running> {
  const folder = await mkdtemp(path.join(tmpdir(), "slipway-runner-"));
  await write(path.join(folder, "package"), packaged);
  const runner = workflowRunner({
    packaged: { name: "slipway/slipway", folder: path.join(folder, "package"), refs: await releaseRefs() },
    ...options,
  });
  const sandbox = await startSandbox({ runner });
  onTestFinished(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  sandbox.addUser("ada");
  const repo = await sandbox.addRepository({
    owner: "acme",
    name: "models",
    collaborators: { ada: "write" },
    files: { "README.md": "", ...files },
  });
  const clone = path.join(folder, "clone");
  const git = (...args: string[]) =>
    exec("git", ["-C", clone, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args]);
  await exec("git", ["clone", "-q", sandbox.gitUrl("ada", repo.fullName), clone]);
  const runs = () => [...repo.runs.values()];
  const newest = () => {
    const run = runs().at(-1);
    if (!run) throw new Error("nothing ran");
    return run;
  };
  return {
    sandbox,
    repo,
    async push(changed, branch = "main", wait = true) {
      await git("checkout", "-q", "-B", branch);
      await write(clone, changed);
      await git("add", "-A");
      await git("commit", "-q", "--allow-empty", "-m", "Change");
      await git("push", "-q", "origin", branch);
      if (wait) await sandbox.idle();
    },
    runs,
    jobs(run = newest(), attempt = run.attempt) {
      const jobs = run.jobs.filter((job) => job.attempt === attempt);
      return Object.fromEntries(jobs.map(({ name, conclusion }) => [name, conclusion]));
    },
    async log(name) {
      const job = runs()
        .flatMap((run) => run.jobs)
        .findLast((one) => one.name === name);
      return await readFile(path.join(sandbox.state.folder, "logs", `${job?.id}.txt`), "utf8");
    },
  };
}

async function write(folder: string, files: Files): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
}

/** A workflow on pushes with these jobs, as YAML lines. */
export function onPush(jobs: string, head = ""): Files {
  return { ".github/workflows/ci.yml": `name: CI\non: push\n${head}jobs:\n${jobs}` };
}
