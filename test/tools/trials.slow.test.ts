import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runTrials } from "../../tools/trials/run-trials.ts";

/** A few of each kind that is unlike the others; `npm run trials` makes as many as are asked for, of all. */
it.each([
  ["kill-register", 2],
  ["kill-group", 2],
  ["kill-push", 1],
  ["kill-monitor", 2],
  ["storm", 1],
  ["remote", 1],
  ["disk", 2],
  ["branches", 6],
  ["mutation", 3],
])("%s: %i trials break no promise", async (name, trials) => {
  const folder = await mkdtemp(join(tmpdir(), "slipway-trials-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const said: string[] = [];
  const broken = await runTrials({ names: [name], trials, seed: "1", folder, say: (line) => said.push(line) });
  expect(broken, said.join("\n")).toBe(0);
});
