import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SlipwayError } from "../../../core/errors.ts";
import { localExecutor } from "../../../core/executors/local.ts";
import { git } from "../../../core/git/run.ts";
import { openWorkTree } from "../../../core/source/worktree.ts";
import { type UserCode, withStepFolder } from "../../../core/stages/user-code/user-code.ts";
import type { ModelSpec } from "../../../schemas/model-spec.ts";
import { temporaryFolder } from "../../runtime/temporary.ts";

const changed = new SlipwayError("ENVIRONMENT_CHANGED", "changed");

/** Runs a command whose environment turns out to be changed. */
async function runWithChanged(command: string) {
  const root = temporaryFolder({ "repo/models/m/x": "" });
  await git(join(root, "repo"), ["init", "-q"]);
  const work = {
    private: join(root, "private"),
    open: join(root, "open"),
    mark: "user-code-test",
    remove: async () => {},
  };
  mkdirSync(work.open);
  const spec: ModelSpec = { slipway: 1, task: "custom", data: {}, predict: { run: "true" }, metrics: {} };
  const code: UserCode = {
    ...{ spec, work, folder: "models/m", tree: await openWorkTree(join(root, "repo")), files: ["models/m/x"] },
    ...{ repository: [], links: [], caller: process.env, passable: [], executor: localExecutor({ readOnly: [] }) },
    verifyEnvironment: () => Promise.reject(changed),
  };
  const log = join(root, "log");
  return withStepFolder(code, (step) =>
    step.run({ command, log, timeoutMs: 10_000, timeoutKey: "train.timeout", paths: {} }),
  );
}

it("fails a command that ended well and changed the environment", async () => {
  await expect(runWithChanged("true")).rejects.toBe(changed);
});

it("tells a command's own failure before that", async () => {
  await expect(runWithChanged("exit 3")).rejects.toMatchObject({ code: "COMMAND_FAILED" });
});
