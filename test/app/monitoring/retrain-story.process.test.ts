import { expect, it } from "vitest";
import { canonicalJson, sha256 } from "../../../core/canonical.ts";
import { modelFolder } from "../../../core/registry/paths.ts";
import { verifyRegistry } from "../../../core/registry/verify.ts";
import { modelFiles, specOf } from "../models-on-github.ts";
import { startWatching } from "./watching.ts";

const URI = "s3://rows/live.csv";
const LOCK = "models/penguins/data.lock.json";
const POLICY = `promote: { staging: auto }
monitor: { then: { data: retrain } }
`;

const lockOf = (bytes: string) =>
  canonicalJson({ slipway: 1, files: [{ uri: URI, sha256: sha256(bytes), size: bytes.length }] });

it("leads from data that moved to a version in production: the App opens, tries and stages it, a person promotes it", async () => {
  const spec = specOf({ trees: 60 }).replace("train: data/train.csv", `train: "${URI}"`);
  const github = await startWatching({
    policy: POLICY,
    files: { ...modelFiles("penguins", spec), [LOCK]: lockOf("old") },
  });
  const stages = async () =>
    JSON.parse(await github.git("show", `registry:${modelFolder("penguins")}/model.json`)).stages;
  await github.push("main", { "models/penguins/model.yaml": spec, [LOCK]: lockOf("old") });
  const content = lockOf("new");
  const moved = [
    { model: "penguins", from: sha256(lockOf("old")), to: sha256(content), content, changes: ["~ moved"] },
  ];

  await github.looked({ result: { moved } });
  const pull = [...github.repo.pulls.values()].find(({ head }) => head.ref === "slipway/retrain-penguins");
  if (pull === undefined) throw new Error("no pull request");
  expect(github.check(pull.head.sha, "Slipway")).toMatchObject({ status: "queued", title: "Waiting for the pipeline" });
  await github.run(pull, { results: { penguins: {} } });
  expect(github.comments(pull)[0]).toContain("penguins");

  await github.merge(pull);
  await github.register();
  expect(await stages()).toMatchObject({ staging: { version: 2 }, production: { version: 1 } });
  expect(await github.say("ada", pull, "/promote production")).toEqual([expect.stringContaining("version 2")]);
  expect((await verifyRegistry({ folder: github.repo.folder })).findings).toEqual([]);
  await github.looked({ result: { moved: [] } });
  expect([...github.repo.pulls.values()].filter(({ issue }) => issue.user.type === "Bot")).toHaveLength(1);
});
