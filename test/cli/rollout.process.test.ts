import { join } from "node:path";
import { expect, it } from "vitest";
import { openRequestLog } from "../../core/serving/request-log/open-log.ts";
import { openNamedFolder } from "../../core/stores/file/named.ts";
import { PromoteResult, RolloutResult } from "../../schemas/cli-output.ts";
import { SPEC } from "../acts/hosts.ts";
import { plainHost } from "../acts/plain-host.ts";
import { register } from "../registry/builders.ts";
import { entry } from "../serving/request-log/setting.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

const POLICY = `slipway: 1
monitor: { requests: { store: file:.slipway/log } }
rollout:
  production:
    steps: [{ shadow: 1h }, { share: 1 }]
    abort: [{ metric: error_rate, at-most: 0.5, min-requests: 2 }]
`;

/** Version 1 in production, and version 2 on its way there. */
async function rolling() {
  const host = await plainHost({ "slipway.yaml": POLICY, "models/penguins/model.yaml": SPEC });
  for (let version = 1; version <= 2; version += 1) await register(host.registry);
  const top = host.workspace.folder;
  const type = (...words: string[]) => slipway(words, { cwd: top });
  await type("promote", "penguins@1", "production");
  const begun = await type("promote", "penguins@2", "production", "--json");
  const { decision } = PromoteResult.parse(JSON.parse(begun.stdout).result);
  return {
    type,
    begun,
    /** What the new version was asked beside the live one. */
    async asked(...errors: (string | undefined)[]) {
      const store = openNamedFolder(join(top, ".slipway/log"));
      const log = await openRequestLog({ store, spool: join(top, ".slipway/requests"), replica: "abc1" });
      for (const [at, error] of errors.entries())
        log.record(
          entry({
            ...{ id: String(at), at: Date.now(), error, predictions: error ? undefined : [{ prediction: "a" }] },
            rollout: { decision: decision?.id ?? "", step: 0, role: "shadow" },
          }),
        );
      await log.close(10_000);
    },
  };
}

const rollouts = (stdout: string) => RolloutResult.parse(JSON.parse(stdout).result).rollouts;

it("a promotion says by which steps the version goes into the stage, and what is live stays", async () => {
  const { type, begun } = await rolling();
  expect(begun.code).toBe(0);
  expect(JSON.parse(begun.stdout).result).toMatchObject({ outcome: "rolling-out", version: 2 });
  const shown = (await type("show", "penguins")).stdout;
  expect(shown).toContain("version 1 in production");
  expect(shown).toContain("Version 2 is rolled out to production beside version 1: step 1");
  expect((await type("ls")).stdout).toContain("1 (2 rolling out)");
  expect((await type("promote", "penguins@2", "production")).stdout).toContain("on its way to production, in step 1");
  expect((await type("card", "penguins@2")).stdout).toContain("rolled out by steps");
});

it("reads the request log, and waits for the step's end", async () => {
  const { type, asked } = await rolling();
  await asked(undefined, undefined);
  const { code, stdout } = await type("rollout", "--json");
  expect(code).toBe(0);
  expect(rollouts(stdout)).toMatchObject([{ outcome: "waiting", reason: expect.stringMatching(/ends at/) }]);
  expect((await type("rollout")).stdout).toContain("in step 1 of 2");
});

it("ends by the request log when a rule is broken, and says so by its exit code", async () => {
  const { type, asked } = await rolling();
  await asked("SERVE_TIMEOUT", "SERVE_CRASHED", undefined);
  const { code, stdout, stderr } = await type("rollout");
  expect([code, stdout]).toEqual([1, expect.stringContaining("error_rate is 0.667 over 3 requests")]);
  expect(stderr).toContain("ROLLOUT_ABORTED");
  expect((await type("show", "penguins")).stdout).toContain("version 1 in production");
});

it("a person pauses, resumes and aborts, and the log says why", async () => {
  const { type } = await rolling();
  const at = ["penguins", "production"];
  expect((await type("rollout", ...at, "--pause", "--reason", "sensors")).stdout).toContain("is paused");
  expect((await type("rollout", ...at)).stdout).toContain("paused in step 1");
  expect((await type("rollout", ...at, "--resume")).stdout).toContain("goes on");
  expect((await type("rollout", ...at, "--abort", "--reason", "complaints")).code).toBe(0);
  const { stdout } = await type("log", "penguins");
  for (const words of ["Abort the rollout", "complaints", "Pause the rollout", "sensors"])
    expect(stdout).toContain(words);
  expect((await type("rollout")).stdout).toContain("no version is on its way");
  expect((await type("verify")).stdout).not.toContain("ROLLOUT_WRONG");
});

it("a rollback ends the rollout, and leaves the stage as it is", async () => {
  const { type } = await rolling();
  expect((await type("rollback", "penguins", "production")).stdout).toContain("stays as it was");
  expect((await type("show", "penguins")).stdout).toContain("version 1 in production");
});

it.each([
  [["--abort"], "which rollout is to abort"],
  [["penguins", "production", "--abort", "--pause"], "one of --pause"],
  [["penguins", "production", "--report", "none.json"], "cannot be read"],
  [["pinguins"], "MODEL_UNKNOWN"],
  [["penguins", "prodction"], "did you mean production"],
])("refuses %j", async (words, why) => {
  const { type } = await rolling();
  const { code, stderr } = await type("rollout", ...words);
  expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
});
