import { afterAll, beforeAll, expect, it } from "vitest";
import { canonicalJson, sha256 } from "../../../core/canonical.ts";
import type { MovedPins } from "../../../schemas/monitoring.ts";
import { specOf } from "../models-on-github.ts";
import { openWatching, type Watching } from "./watching.ts";

const PATTERN = "s3://rows/live/*.csv";
const LOCK = "models/penguins/data.lock.json";

function lockOf(...days: string[]): string {
  const files = days.map((day) => ({ uri: `s3://rows/live/${day}.csv`, of: PATTERN, sha256: sha256(day), size: 9 }));
  return canonicalJson({ slipway: 1, files });
}

function movedTo(...days: string[]): MovedPins {
  const content = lockOf(...days);
  const changes = [`+ s3://rows/live/${days.at(-1)}.csv: new`];
  return { model: "penguins", from: sha256(lockOf("1")), to: sha256(content), content, changes };
}

let github: Watching;
beforeAll(async () => {
  github = await openWatching();
  const spec = specOf({ trees: 60 }).replace("train: data/train.csv", `train: "${PATTERN}"`);
  await github.push("main", { "models/penguins/model.yaml": spec, [LOCK]: lockOf("1") });
});
afterAll(() => github.end());

const pulls = () => [...github.repo.pulls.values()].filter(({ issue }) => issue.user.type === "Bot");

it("opens nothing for data that moved where the policy says nothing of it", async () => {
  await github.looked({ result: { moved: [movedTo("1", "2")] } });
  expect(pulls()).toEqual([]);
});

it("opens the pull request where somebody asked for it, and says so there", async () => {
  const talk = await github.issue();
  const title = `Monitor penguins, for #${talk.number}`;
  const result = { moved: [movedTo("1", "2")], retrain: ["penguins"] };
  await github.looked({ title, event: "workflow_dispatch", result });
  const [pull, ...more] = pulls();
  expect(more).toEqual([]);
  expect(pull?.issue).toMatchObject({ title: "Retrain penguins: its data moved", state: "open" });
  expect(github.told(talk)).toEqual([expect.stringContaining(`#${pull?.number} brings the new pins`)]);
  expect(await github.git("show", `slipway/retrain-penguins:${LOCK}`)).toBe(lockOf("1", "2").trim());
});

it("opens it by itself, and one alone, where the policy says so", async () => {
  const policy = await github.git("show", "main:slipway.yaml");
  await github.push("main", { "slipway.yaml": `${policy}\nmonitor: { then: { data: retrain } }\n` });
  await github.looked({ result: { moved: [movedTo("1", "2")] } });
  await github.looked({ result: { moved: [movedTo("1", "2")] } });
  expect(pulls()).toHaveLength(1);
});

it("takes no pins that the spec does not name", async () => {
  const talk = await github.issue();
  const more = { uri: "s3://elsewhere/1.csv", of: "s3://elsewhere/*.csv", sha256: sha256("x"), size: 9 };
  const content = canonicalJson({ slipway: 1, files: [...JSON.parse(lockOf("1")).files, more] });
  const moved = [{ ...movedTo("1"), content, to: sha256(content) }];
  const title = `Monitor penguins, for #${talk.number}`;
  await github.looked({ title, event: "workflow_dispatch", result: { moved, retrain: ["penguins"] } });
  expect(github.told(talk)).toEqual([expect.stringContaining("The new pins of penguins are not taken")]);
});

it("answers nowhere of a thread that is not there", async () => {
  const made = { title: "Monitor penguins, for #4242", event: "workflow_dispatch", result: { retrain: ["penguins"] } };
  await github.looked(made);
  expect(github.hosted.log.filter((line) => line.includes("no such thread"))).toHaveLength(1);
});
