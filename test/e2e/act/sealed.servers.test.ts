import { afterAll, beforeAll, expect, it } from "vitest";
import { readGitHubFiles } from "../../../cli/init/github.ts";
import { type S3Server, startS3 } from "../../../tools/servers/s3.ts";
import { PACKAGE_ROOT } from "../../cli/memory-host.ts";
import { type OpenPull, threshold } from "../github/models.ts";
import { labelsApart, SEALED_BUCKETS, sealLabels } from "../labels-apart.ts";
import { jobsOf, newestRun, type OnAct, openOnAct, runOf } from "./runs.ts";

// Test labels in a bucket whose keys the default branch's workflows alone get; artifacts in a registry of packages.
const { data, files } = labelsApart();

let s3: S3Server;
let at: OnAct;
let pull: OpenPull;

beforeAll(async () => {
  s3 = await startS3(SEALED_BUCKETS);
  at = await openOnAct({
    models: { tiny: { data } },
    environments: { "slipway-labels": { labels: JSON.stringify(sealLabels(s3)) } },
    files: { ...files, ...(await handingOver("slipway-register.yml", "slipway-score.yml")) },
  });
  pull = await at.pull("ada", "better", threshold(50, "tiny", { data }));
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
  const written = (await readGitHubFiles(PACKAGE_ROOT, "main", false)).files;
  const entries = names.map((name) => {
    const text = String(written.get(`.github/workflows/${name}`)).replace(/# secrets:\n.*\n/, "");
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
