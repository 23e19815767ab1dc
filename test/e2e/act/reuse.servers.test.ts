import { afterAll, beforeAll, expect, it } from "vitest";
import type { Manifest } from "../../../schemas/manifest.ts";
import { threshold } from "../github/models.ts";
import { blobsOf, logOf, newestRun, type OnAct, openOnAct } from "./runs.ts";

// With `register: { artifact: reuse }` a merge takes what its pull request trained, out of that run's artifacts.
let at: OnAct;

beforeAll(async () => {
  at = await openOnAct({ policy: { register: { artifact: "reuse" } } });
  await at.merge("rolf", await at.pull("ada", "better", threshold(48)));
});
afterAll(() => at.close());

it("registers the pull request's artifact, brought into the registry of packages by the default branch's run", async () => {
  const manifest = (await at.versions()).at(-1) as unknown as Manifest;
  expect(manifest).toMatchObject({ version: 2, artifact_from: "reused" });
  expect(await blobsOf(manifest)).toContain(manifest.artifact.files[0]?.sha256);
});

it("trains nothing then", async () => {
  const log = await logOf(at, newestRun(at, "Slipway register"), "pipeline / tiny / train");
  expect(log).toContain("train: reused");
  expect(log).not.toContain("trained on");
});
