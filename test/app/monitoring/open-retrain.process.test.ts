import { afterEach, expect, test } from "vitest";
import { ROUTES } from "../../../app/intake/routes.ts";
import { openRetrainPull } from "../../../app/monitoring/open-retrain.ts";
import { openRetrain, type RetrainOptions, type RetrainOutcome } from "../../../core/acts/open-retrain.ts";
import { canonicalJson, sha256 } from "../../../core/canonical.ts";
import { git } from "../../../core/git/run.ts";
import type { MovedPins } from "../../../schemas/monitoring.ts";
import { type ModelsOnGitHub, modelFiles, specOf, startModels } from "../models-on-github.ts";

const BRANCH = "slipway/retrain-penguins";
const LOCK = "models/penguins/data.lock.json";
const PATTERN = "s3://rows/live/*.csv";
const ABOUT = { owner: "acme", repo: "models" };

let models: ModelsOnGitHub | undefined;
afterEach(async () => models?.end());

const OLD = lockOf("1");

function lockOf(...days: string[]): string {
  const files = days.map((day) => ({ uri: `s3://rows/live/${day}.csv`, of: PATTERN, sha256: sha256(day), size: 9 }));
  return canonicalJson({ slipway: 1, files });
}

function movedTo(content: string, change = "+ s3://rows/live/2.csv: new"): MovedPins {
  return { model: "penguins", from: sha256(OLD), to: sha256(content), content, changes: [change] };
}

/** The App; each comment of ada's asks for the retrain that `next` holds. */
async function start() {
  const place: { next?: Partial<RetrainOptions>; outcomes: RetrainOutcome[]; withoutPull: boolean } = {
    outcomes: [],
    withoutPull: false,
  };
  const spec = specOf().replace("train: data/train.csv", `train: "${PATTERN}"`);
  const setting = await startModels({
    files: { ...modelFiles("penguins", spec), [LOCK]: OLD },
    hosted: {
      routes: {
        ...ROUTES,
        "issue_comment.created": async (context, { sender }) => {
          if (place.next === undefined || sender?.login !== "ada") return;
          await context.refresh();
          const options: RetrainOptions = {
            ...{ moved: movedTo(lockOf("1", "2")), at: context.clock().toISOString(), delay: 0, asked: false },
            ...{ reason: { alarms: ["accuracy @everyone fell"] }, by: { name: "x", id: "x" }, ...place.next },
          };
          const open = place.withoutPull ? openRetrain(context.ports, options) : openRetrainPull(context, options);
          place.outcomes.push(await open);
        },
      },
    },
  });
  models = setting;
  const { data: issue } = await setting.ada.rest.issues.create({ ...ABOUT, title: "Monitoring" });
  const ask = async (next: Partial<RetrainOptions> = {}) => {
    place.next = next;
    await setting.ada.rest.issues.createComment({ ...ABOUT, issue_number: issue.number, body: "go" });
    await setting.hosted.settled();
    return place.outcomes.at(-1);
  };
  const pulls = () => [...setting.repo.pulls.values()];
  const at = async (ref: string) => (await git(setting.repo.folder, ["show", `${ref}:${LOCK}`])).toString();
  return { setting, place, ask, pulls, at };
}

test("a pull request of the App's brings the new pins, and says why and what moved", async () => {
  const { ask, pulls, at, setting } = await start();
  expect(await ask()).toMatchObject({ outcome: "opened", pull: pulls()[0]?.number });
  const [pull] = pulls();
  expect(pull?.issue).toMatchObject({ title: "Retrain penguins: its data moved", state: "open" });
  expect(pull?.issue.user.login).toMatch(/^slipway.*\[bot\]$/);
  expect(pull?.issue.body).toContain("s3:&#8203;//rows/live/2.csv: new");
  expect(pull?.issue.body).toContain("accuracy @&#8203;everyone fell");
  expect(await at(BRANCH)).toBe(lockOf("1", "2"));
  expect(setting.repo.pulls.size).toBe(1);
});

test("asked twice, there is one", async () => {
  const { ask, pulls } = await start();
  await ask();
  expect(await ask()).toMatchObject({ outcome: "open", pull: pulls()[0]?.number });
  expect(pulls()).toHaveLength(1);
});

test("killed between the branch and the pull request, the next time opens it", async () => {
  const { ask, pulls, place } = await start();
  place.withoutPull = true;
  await ask();
  expect(pulls()).toHaveLength(0);
  place.withoutPull = false;
  expect(await ask()).toMatchObject({ outcome: "opened" });
  expect(pulls()).toHaveLength(1);
});

test("one that a person closed is not opened again for the same pins, until a person asks", async () => {
  const { ask, pulls, setting } = await start();
  await ask();
  const [pull] = pulls();
  await setting.ada.rest.pulls.update({ ...ABOUT, pull_number: pull?.number ?? 0, state: "closed" });
  expect(await ask()).toMatchObject({ outcome: "declined", pull: pull?.number });
  expect(pulls()).toHaveLength(1);
  expect(await ask({ asked: true })).toMatchObject({ outcome: "opened" });
  expect(pulls()).toHaveLength(2);
});

test("newer pins come into the one that is open, and its words follow", async () => {
  const { ask, pulls, at } = await start();
  await ask();
  const newer = movedTo(lockOf("1", "2", "3"), "+ s3://rows/live/3.csv: new");
  expect(await ask({ moved: newer })).toMatchObject({ outcome: "updated" });
  expect(pulls()).toHaveLength(1);
  expect(pulls()[0]?.issue.body).toContain("3.csv");
  expect(await at(BRANCH)).toBe(lockOf("1", "2", "3"));
});

test("newer pins wait until labels had their time", async () => {
  const { ask, at } = await start();
  await ask();
  const newer = { moved: movedTo(lockOf("1", "2", "3")), delay: 86_400_000 };
  expect(await ask(newer)).toMatchObject({ outcome: "waiting" });
  expect(await at(BRANCH)).toBe(lockOf("1", "2"));
});

test("a pull request that a person opened for the branch is the one, and keeps its words", async () => {
  const { ask, pulls, place, setting } = await start();
  place.withoutPull = true;
  await ask();
  await setting.ada.rest.pulls.create({ ...ABOUT, title: "mine", head: BRANCH, base: "main", body: "my words" });
  place.withoutPull = false;
  expect(await ask({ moved: movedTo(lockOf("1", "2", "3")) })).toMatchObject({ outcome: "updated" });
  expect(pulls().map(({ issue }) => issue.body)).toEqual(["my words"]);
});

test("pins that another commit of the default branch overtook are not brought", async () => {
  const { ask, pulls, setting } = await start();
  await setting.push("main", { [LOCK]: lockOf("1", "9") });
  expect(await ask()).toMatchObject({ outcome: "overtaken" });
  expect(pulls()).toHaveLength(0);
});

test("pins of files that the spec does not name are refused", async () => {
  const { ask, pulls, setting } = await start();
  const elsewhere = canonicalJson({
    slipway: 1,
    files: [{ uri: "s3://rows/live/2.csv", of: PATTERN, sha256: sha256("2"), size: 9 }].concat([
      { uri: "https://evil.example/x.csv", of: "https://evil.example/x.csv", sha256: sha256("x"), size: 9 },
    ]),
  });
  expect(await ask({ moved: movedTo(elsewhere) })).toBeUndefined();
  expect(setting.hosted.log.join("\n")).toContain("RUN_INVALID");
  expect(pulls()).toHaveLength(0);
});
