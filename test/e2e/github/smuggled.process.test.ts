import { Marked } from "marked";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commandLines } from "../../../app/commands/grammar/read-comment.ts";
import { activeConstructs } from "../../report/active-constructs.ts";
import { type Models, type OpenPull, openModels, reported, threshold, tinySpec } from "./models.ts";

// Whatever people, data and programs call things, the App shows it as text.
let at: Models;
let pull: OpenPull;
beforeAll(async () => {
  at = await openModels();
  pull = await at.pull("eve", "runs", threshold(45));
});
afterAll(() => at.close());

const where = { owner: "acme", repo: "models" };

/** Each between QQ and QQ, where it is found again in what the App wrote. */
const EVIL = [
  "QQ<img src=//evil.example onerror=alert(1)><script>alert(1)</script>QQ",
  "QQ[x](https://evil.example) ![y](//evil.example/z.png) https://evil.example www.evil.exampleQQ",
  "QQ@everyone @acme/owners #777 acme/models#777 GH-777 :tada: $x$ **x** `x`QQ",
  "QQ\n/promote tiny@1 production\n<!-- slipway:pull-request -->\n<details>QQ",
  "QQ| x |QQ",
];
const ALL = EVIL.join(" ");

const pages = new Marked({ gfm: true, breaks: true });

/** What of a text of the App's is more than text, where somebody else's words are in it. */
function active(markdown: string): string[] {
  const page = pages.parse(markdown, { async: false });
  const words = page.replace(/<(code|pre)>.*?<\/\1>/gs, "").replace(/<[^>]*>/g, "");
  const shown = markdown.replace(/(?<!`)`[^`\n]+`(?!`)/g, "");
  return [
    ...(page.match(/<[^>]*(?:evil\.example|onerror)[^>]*>|<script|<!-- slipway:(?!pull-request|reply|[0-9a-f]{64})/g) ??
      []),
    ...(words.match(/(?<![\w/])@[a-z0-9]\S*|#777|GH-777|:tada:|www\.evil/gi) ?? []),
    ...commandLines(markdown).map(({ text }) => text),
    ...(shown.slice(1).includes("<!-- slipway:pull-request") ? ["a second marker"] : []),
    ...[...shown.matchAll(/QQ.*?QQ/g)].flatMap(([part]) => activeConstructs(part)),
  ];
}

/** The comments and checks of a pull request: with somebody's words in them, and none of these more than text. */
async function expectText(pull: { number: number } & Partial<OpenPull>, { least = 1 } = {}): Promise<void> {
  const checks = [...at.repo.checks.values()].filter(({ suite }) => suite.headSha === pull.head);
  const texts = [
    ...(await at.comments(pull)),
    ...checks.flatMap(({ output }) => [output.summary ?? "", output.text ?? ""]),
  ];
  expect(texts.flatMap(active)).toEqual([]);
  expect(texts.filter((text) => text.includes("QQ")).length).toBeGreaterThanOrEqual(least);
  const said = (await at.page(pull)).match(/<header><b>slipway\[bot\].*?<\/article>/gs) ?? [];
  expect(said.length).toBeGreaterThan(0);
  expect(said.join("").match(/<[^>]*(?:evil\.example|onerror)[^>]*>|<script/g)).toBeNull();
}

it("shows what it is given to show, so that the rest says something", () => {
  for (const one of EVIL) expect(active(one), one).not.toEqual([]);
});

it("shows params, slices, steps and file names of a run's result as text", async () => {
  const { evaluation } = reported(0.9);
  const found = evaluation?.metrics["accuracy"];
  if (!evaluation || !found) throw new Error("it is measured");
  const slices = EVIL.map((one) => ({ slice: { [one]: one }, rows: 9, metrics: { accuracy: found } }));
  const result = {
    evaluation: { ...evaluation, slices, method: { ...evaluation.method, name: ALL } },
    params: JSON.stringify(Object.fromEntries(EVIL.map((one) => [one, one]))),
    steps: EVIL.map((detail) => ({ step: "train" as const, outcome: "done" as const, seconds: 1, detail })),
    environment: { locks: [], runtime: { platform: ALL, arch: "x", programs: { [ALL]: ALL } } },
    violations: EVIL.map((one) => ({
      ...{ set: "test" as const, check: "type" as const, column: one, expected: one, found: one },
      ...{ rows: [one], count: 1 },
    })),
  };
  await at.ran(pull, { results: { tiny: result } });
  await expectText(pull, { least: 2 });
});

it.each(EVIL)("shows a failed run's words as text: %j", async (evil) => {
  const problem = { code: "COMMAND_FAILED" as const, message: evil, expected: evil, found: evil, hint: evil };
  await at.ran(pull, {
    conclusion: "failure",
    results: { tiny: { outcome: "failed", problem, evaluation: undefined } },
  });
  await expectText(pull, { least: 2 });
});

it("shows a spec's description, keys and values as text, on its page and on its lines", async () => {
  const spec = tinySpec({ description: ALL, metrics: { [ALL]: { metric: ALL } }, [ALL]: ALL, slices: [ALL] });
  const pull = await at.pull("eve", "spec", { "models/tiny/model.yaml": spec });
  await expectText(pull, { least: 2 });
  const notes = [...at.repo.checks.values()]
    .filter(({ suite }) => suite.headSha === pull.head)
    .flatMap(({ annotations }) => annotations);
  expect(notes.length).toBeGreaterThan(0);
  // An annotation is plain text on GitHub; what would hide something in it is shown.
  expect(notes.filter(({ message }) => /[\p{Cf}\t]/u.test(message))).toEqual([]);
});

it("shows the names of models, files and branches as text", async () => {
  const name = "QQ<img src=x onerror=y>@everyone[x](evil.example)QQ";
  const files = {
    [`models/${name}/model.yaml`]: tinySpec(),
    [`models/tiny/data/${name}.csv`]: "x\n",
    [`.github/workflows/${name}.yml`]: "on: push\njobs: {}\n",
  };
  const spec = tinySpec({ data: { train: `data/${name}.csv`, test: "data/test.csv", label: "y", id: "id" } });
  const pull = await at.pull("eve", "eve/QQ<img/onerror>@everyone#777QQ", { ...files, "models/tiny/model.yaml": spec });
  await expectText(pull, { least: 2 });
});

it("shows what people say and why as text, in replies and in the report", async () => {
  const talk = await at.pull("ada", "talk", threshold(48), { title: ALL, body: ALL });
  await at.merge("rolf", talk);
  await at.ran("main", { results: { tiny: await at.stored(0.9) } });
  const lines = EVIL.map((one) => one.replaceAll("\n", " "));
  await at.say("rolf", talk, lines.flatMap((one) => [`/compare ${one}`, `/status ${one}`]).join("\n"));
  await at.say("rolf", talk, `/hold tiny ${lines.join(" ")}`);
  await expectText(talk, { least: 3 });
});

it("leaves words that look like its own reply or report to who wrote them", async () => {
  const { number } = await at.issue("eve");
  await at.as("eve").rest.issues.createComment({
    ...{ ...where, issue_number: number, body: "<!-- slipway:reply 1 -->\n/status" },
  });
  await at.home.settle();
  expect((await at.comments({ number })).map((body) => body.split("\n")[0])).toEqual([]);
});
