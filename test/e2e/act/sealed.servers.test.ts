import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readGitHubFiles } from "../../../cli/init/github.ts";
import { type S3Server, startS3 } from "../../../tools/servers/s3.ts";
import { PACKAGE_ROOT } from "../../cli/memory-host.ts";
import { type OpenPull, threshold } from "../github/models.ts";
import { SPEC, tinyRows } from "../tiny-model.ts";
import { jobsOf, newestRun, type OnAct, openOnAct, runOf } from "./runs.ts";

// Test labels in a bucket whose keys the default branch's workflows alone get; artifacts in a registry of packages.
const ROWS = tinyRows("t").trim().split("\n").slice(1);
const FEATURES = `id,x\n${ROWS.map((row) => row.split(",").slice(0, 2).join(",")).join("\n")}\n`;
const LABELS = `id,y\n${ROWS.map((row) => `${row.split(",")[0]},${row.split(",")[2]}`).join("\n")}\n`;
const URI = "s3://sealed/tiny/labels.csv";
const DATA = { ...SPEC.data, labels: URI };

let s3: S3Server;
let at: OnAct;
let pull: OpenPull;

beforeAll(async () => {
  s3 = await startS3(["sealed"]);
  mkdirSync(join(s3.folder, "sealed/tiny"));
  writeFileSync(join(s3.folder, "sealed/tiny/labels.csv"), LABELS);
  const pin = { uri: URI, sha256: createHash("sha256").update(LABELS).digest("hex"), size: LABELS.length };
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, region: AWS_REGION } = s3;
  const keys = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL_S3: s3.endpoint };
  at = await openOnAct({
    models: { tiny: { data: DATA } },
    environments: { "slipway-labels": { labels: JSON.stringify(keys) } },
    files: {
      ...(await handingOver("slipway-register.yml", "slipway-score.yml")),
      "models/tiny/data/test.csv": FEATURES,
      "models/tiny/data.lock.json": JSON.stringify({ slipway: 1, files: [pin] }),
    },
  });
  pull = await at.pull("ada", "better", threshold(50, "tiny", { data: DATA }));
});
afterAll(async () => {
  await at?.close();
  await s3?.stop();
});

/**
 * act gives an environment's secrets to the calling workflow alone, so that one hands them on. GitHub needs no such line, and
 * where there is one, labels count as withheld: what is handed on may be the repository's. That they count as sealed without
 * it is held by test/e2e/github/sealed.servers.test.ts.
 */
async function handingOver(...names: string[]): Promise<Record<string, string>> {
  const { files } = await readGitHubFiles(PACKAGE_ROOT, "main", false);
  const entries = names.map((name) => {
    const text = String(files.get(`.github/workflows/${name}`)).replace(/# secrets:\n.*\n/, "");
    return [`.github/workflows/${name}`, `${text.trimEnd()}\n    secrets: { labels: "\${{ secrets.labels }}" }\n`];
  });
  return Object.fromEntries(entries);
}

it("registers what was merged, evaluated on labels that its job score alone opened", async () => {
  const [first] = await at.versions();
  expect(first?.evaluation).toMatchObject({
    ...{ labels: "withheld", values: "steps" },
    labels_reason: expect.stringContaining("hands the secret `labels` on"),
  });
});

it("scores a pull request in a run of the default branch's workflow, and publishes it on the pull request", async () => {
  expect(jobsOf(runOf(at, pull))).not.toHaveProperty("pipeline / tiny / score");
  expect(jobsOf(newestRun(at, "Slipway score"))).toEqual({
    "score / plan": "success",
    "score / tiny / score": "success",
    "score / tiny / result …": "success",
    "score / result": "success",
  });
  expect(await at.report(pull)).toContain("Test labels: withheld.");
  expect(await at.check(pull)).toMatchObject({ conclusion: "success", title: "tiny would be registered" });
});
