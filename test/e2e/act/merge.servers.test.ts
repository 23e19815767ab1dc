import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Manifest } from "../../../schemas/manifest.ts";
import { until } from "../../helpers/app-process.ts";
import { type OpenPull, threshold } from "../github/models.ts";
import { blobsOf, jobsOf, logOf, newestRun, type OnAct, openOnAct, outputsOf, runOf } from "./runs.ts";

const TRAINED = ["validate", "train", "predict", "score", "store", "result …"];

// A merge is brought into a real container registry by a job that runs no user code, registered by the App, and deployed.
let at: OnAct;
let pull: OpenPull;

/** What was asked of where the policy says that it serves. */
const asked: (string | undefined)[] = [];
const serving = createServer(({ url }, response) => {
  asked.push(url);
  response.writeHead(asked.length > 1 ? 200 : 503, { "content-type": "application/json" });
  response.end(JSON.stringify({ name: "tiny", ready: asked.length > 1 }));
});
const url = () => `http://127.0.0.1:${(serving.address() as AddressInfo).port}`;

beforeAll(async () => {
  await new Promise<void>((resolve) => serving.listen(0, "127.0.0.1", resolve));
  const image = `ghcr.io/acme/tiny@sha256:${"a".repeat(64)}`;
  at = await openOnAct({ policy: { deploy: { production: { url: url(), kubernetes: { open: true }, image } } } });
  pull = await at.pull("ada", "better", threshold(48));
  await at.merge("rolf", pull);
  await at.say("rolf", pull, "/promote tiny production");
});
afterAll(async () => {
  await at.close();
  serving.close();
});

const newest = async () => (await at.versions()).at(-1) as unknown as Manifest;

it("trains a merged model again, and registers what its own run made", async () => {
  const jobs = Object.entries(jobsOf(newestRun(at, "Slipway register"))).filter(([name]) => name.includes("/ tiny /"));
  expect(Object.fromEntries(jobs)).toEqual(
    Object.fromEntries(TRAINED.map((job) => [`pipeline / tiny / ${job}`, "success"])),
  );
  expect(await newest()).toMatchObject({ version: 2, artifact_from: "trained" });
});

it("keeps a version's files in the registry of packages, where any client of it finds them by digest", async () => {
  const manifest = await newest();
  expect(manifest.artifact.uri).toMatch(new RegExp(`^oci://${at.packages.host}/acme/models/models@sha256:`));
  expect(await blobsOf(manifest)).toContain(manifest.artifact.files[0]?.sha256);
});

it("deploys what was promoted, out of the registry of packages", async () => {
  const run = newestRun(at, "Slipway deploy");
  expect(jobsOf(run)).toEqual({ "deploy / deploy": "success" });
  expect(await outputsOf(at, run, "deploy / deploy")).toMatchObject({ model: "tiny", version: "2" });
  const [deployment] = at.repo.deployments.values();
  expect(deployment?.statuses.map(({ state }) => state)).toEqual(["in_progress", "in_progress", "success"]);
});

it("calls a deployment a success once that very version answers where the policy says, and shows where", async () => {
  const [deployment] = at.repo.deployments.values();
  expect(asked).toEqual(["/v2/models/tiny/versions/2/ready", "/v2/models/tiny/versions/2/ready"]);
  expect(deployment?.statuses.at(-1)).toMatchObject({ state: "success", environmentUrl: url() });
});

it("describes what was promoted on the branch deploy, for whatever watches it", async () => {
  expect(await at.git("show", "deploy:production/tiny/deployment.yaml")).toContain("tiny@2");
  expect(await at.git("log", "-1", "--format=%s", "deploy")).toBe("production: tiny@2");
});

it("ends a pull request's run when a newer commit comes, and reports the newer one; another attempt reports again", async () => {
  const slow = 'console.log("begun"); setTimeout(() => {}, 300_000);\n';
  const pulling = at.pull("eve", "slow", { "models/tiny/train.mjs": slow });
  await until(async () =>
    /begun/.test(await logOf(at, newestRun(at, "Slipway"), "pipeline / tiny / train").catch(() => "")),
  );
  const first = newestRun(at, "Slipway");

  await at.push("eve", "slow", { "models/tiny/train.mjs": "process.exit(4);\n" });
  const second = await pulling;

  expect(first.conclusion).toBe("cancelled");
  expect(jobsOf(first)).toMatchObject({ "pipeline / tiny / train": "cancelled" });
  expect(Object.keys(jobsOf(first)).join()).not.toContain("result …");
  expect(await at.report(second)).toContain("exit code 4");

  await at.say("eve", second, "/retry");
  const again = runOf(at, second);
  expect(again.attempt).toBe(2);
  expect(jobsOf(again)).toMatchObject({
    "pipeline / tiny / train": "failure",
    "pipeline / tiny / result …": "success",
  });
  expect(await at.report(second)).toContain("exit code 4");
});
