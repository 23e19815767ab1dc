import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { begunRun, endedRun, runId } from "../../../experiments/run-folders.ts";
import { gitIn } from "../../../registry/repositories.ts";
import { testPortal } from "../server.ts";

const [FIRST, SECOND, THIRD] = [runId(9, "a"), runId(10, "b"), runId(11, "c")];
const SPEC = `slipway: 1
task: classification
data: { train: train.csv, test: test.csv, label: species }
# what it learns with
train: { run: node train.mjs, params: { trees: 10 }, seed: 1 }
predict: { run: node predict.mjs }
metrics: { accuracy: { metric: accuracy_score } }
`;
const FILES = {
  "models/penguins/model.yaml": SPEC,
  "models/penguins/train.csv": "a,species\n1,x\n",
  "models/penguins/test.csv": "a,species\n2,y\n",
};

/** Two runs that have ended, the second one with a hostile note, curves and other params; and whatever else is put there. */
async function arrange(about: Parameters<typeof testPortal>[1] = {}) {
  const portal = await testPortal(FILES, about);
  const { state } = portal.ports.workspace;
  await endedRun(state, FIRST);
  await endedRun(
    state,
    SECOND,
    { params: '{"trees":90}', seed: 3, tried: ["params.trees=90"] },
    { "curves.jsonl": '{"step":1,"loss":0.5}\n{"step":2,"loss":0.25}\n' },
  );
  return { ...portal, state };
}

it("lists runs with what gates ask for and the params that differ", async () => {
  const { get } = await arrange();
  const { status, text } = await get("/experiments");
  expect(status).toBe(200);
  expect(text).toContain(`/experiments/runs/${FIRST}`);
  expect(text).toMatch(/sort=-metrics\.accuracy/);
  expect(text).toMatch(/sort=params\.trees/);
  expect(text.indexOf(SECOND)).toBeLessThan(text.indexOf(FIRST));
});

it("says what to do where there is no run", async () => {
  const { get } = await testPortal();
  expect((await get("/experiments")).text).toContain("slipway run");
});

it("searches, sorts and takes the columns that are asked for", async () => {
  const { get } = await arrange();
  const found = (await get("/experiments?q=params.trees+%3D+'90'")).text;
  expect([found.includes(SECOND), found.includes(FIRST)]).toEqual([true, false]);
  const sorted = (await get("/experiments?sort=params.trees&cols=metrics.recall")).text;
  expect(sorted.indexOf(FIRST)).toBeLessThan(sorted.indexOf(SECOND));
  expect(sorted).toMatch(/sort=-metrics\.recall/);
  expect(sorted).not.toMatch(/sort=-metrics\.accuracy/);
});

it("begins with the best value where a metric sorts, and with the least where a param does", async () => {
  const { get } = await arrange();
  const { text } = await get("/experiments");
  expect(text).toContain("sort=-metrics.accuracy");
  expect(text).toContain("sort=params.trees");
  expect((await get("/experiments?sort=-metrics.accuracy")).text).toContain("sort=metrics.accuracy");
});

it("shows runs of one model as pictures at once", async () => {
  const { get } = await arrange();
  expect((await get("/experiments")).text).toMatch(/<details class="box" open><summary><h2>Pictures/);
});

it("cuts a long text to its column's width, and keeps it whole on hover", async () => {
  const { get, state } = await arrange();
  const long = "bill_length_mm and bill_depth_mm";
  await endedRun(state, THIRD, { params: JSON.stringify({ trees: long }) });
  const { text } = await get("/experiments");
  expect(text).toContain(`<td><span title="${long}">bill_length_mm and bill…</span></td>`);
});

it("says what is wrong with a filter, and shows all runs", async () => {
  const { get } = await arrange();
  const { status, text } = await get("/experiments?q=metrics.accuracy+%3E");
  expect(status).toBe(200);
  expect(text).toContain("SEARCH_INVALID");
  expect(text).toContain(FIRST);
});

it("shows one run with params, metrics, gates, and the table beside its curves", async () => {
  const { get } = await arrange();
  const { text } = await get(`/experiments/runs/${SECOND}`);
  for (const words of ["90", "accuracy", "Gates", "params.trees=90", `curves.svg?runs=${SECOND}`, "0.25"])
    expect(text).toContain(words);
  expect(text).not.toContain("data-refresh");
});

it("escapes what people wrote", async () => {
  const { get, state } = await arrange();
  const runs = { [FIRST]: { note: "<img src=x onerror=alert(1)>" } };
  writeFileSync(join(state, "run-notes.json"), JSON.stringify({ slipway: 1, runs }));
  for (const path of ["/experiments", `/experiments/runs/${FIRST}`, `/experiments/compare?runs=${FIRST},${SECOND}`]) {
    const { text } = await get(path);
    expect(text).toContain("&lt;img src=x");
    expect(text).not.toContain("<img src=x");
  }
});

it("looks again while a run goes on, with its curves and the end of its log", async () => {
  const { get, state } = await arrange();
  begunRun(state, THIRD, { files: { "curves.jsonl": '{"step":1,"loss":0.75}\n', "logs/train.log": "epoch <1>\n" } });
  const { text } = await get(`/experiments/runs/${THIRD}`);
  for (const words of ["running", "data-refresh", "<noscript><meta", "epoch &lt;1&gt;", "0.75"])
    expect(text).toContain(words);
  expect((await get("/experiments")).text).toContain("data-refresh");
});

it("compares runs, those that differ first", async () => {
  const { get } = await arrange();
  const { text } = await get(`/experiments/compare?runs=${FIRST}&runs=${SECOND}`);
  for (const words of ["trees", "50", "90", "Metrics", "curves.svg"]) expect(text).toContain(words);
  expect((await get(`/experiments/compare?runs=${FIRST}`)).status).toBe(400);
});

it("draws curves, lines and points", async () => {
  const { get } = await arrange();
  for (const path of [
    `curves.svg?runs=${SECOND}&of=training`,
    "runs-parallel.svg",
    "runs-scatter.svg?x=params.trees&y=metrics.accuracy",
  ]) {
    const { status, text, headers } = await get(`/charts/${path}`);
    expect({ path, status, type: headers.get("content-type") }).toEqual({ path, status: 200, type: "image/svg+xml" });
    expect(text).toContain("<svg");
  }
  expect((await get(`/charts/curves.svg?runs=${FIRST}`)).status).toBe(404);
});

it("answers 404 for a run that is not there", async () => {
  const { get } = await arrange();
  expect((await get("/experiments/runs/nobody")).status).toBe(404);
});

it("stars, notes, and takes both back", async () => {
  const { get, send } = await arrange();
  await send("/acts/star", { run: FIRST });
  await send("/acts/note", { run: FIRST, note: "the best" });
  expect((await get("/experiments?q=starred+%3D+1")).text).toContain("the best");
  await send("/acts/unstar", { run: FIRST });
  expect((await get("/experiments?q=starred+%3D+1")).text).toContain("No run is found");
});

it("makes a run the spec, on a branch that keeps the spec's comments", async () => {
  const { send, ports } = await arrange();
  const { status, location } = await send("/acts/adopt", { run: SECOND });
  expect([status, location]).toEqual([303, expect.any(String)]);
  const folder = ports.workspace.folder;
  const branch = await gitIn(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads/slipway/");
  expect(branch).toMatch(/^slipway\/adopt-penguins-[0-9a-f]{12}$/);
  const spec = await gitIn(folder, "show", `${branch}:models/penguins/model.yaml`);
  expect(`${spec}\n`).toBe(SPEC.replace("trees: 10", "trees: 90").replace("seed: 1", "seed: 3"));
});

it("changes nothing for whoever only looks", async () => {
  const { get, send } = await arrange({ visitor: { readOnly: "Only to look at" } });
  expect((await get(`/experiments/runs/${FIRST}`)).text).not.toContain("/acts/star");
  expect((await send("/acts/star", { run: FIRST })).status).toBe(403);
});

it("draws curves of any name, those that every object has, too", async () => {
  const { get, state } = await arrange();
  const lines = '{"step":1,"loss":1e308,"toString":4,"__proto__":3}\n{"step":2,"constructor":-1e308}\n';
  await endedRun(state, THIRD, {}, { "curves.jsonl": lines });
  expect((await get(`/charts/curves.svg?runs=${THIRD}`)).status).toBe(200);
  expect((await get(`/experiments/runs/${THIRD}`)).text).toContain("<td>toString</td>");
});

it("takes neither a pipe nor a folder nor a link for the log that was written last", async () => {
  const { get, state } = await arrange();
  begunRun(state, THIRD, { files: { "logs/train.log": "epoch 1\n" } });
  const logs = join(state, "runs", THIRD, "logs");
  writeFileSync(join(state, "secret.log"), "a secret");
  execFileSync("mkfifo", [join(logs, "pipe.log")]);
  mkdirSync(join(logs, "folder.log"));
  symlinkSync(join(state, "secret.log"), join(logs, "link.log"));
  for (const name of ["pipe.log", "folder.log"]) utimesSync(join(logs, name), new Date(), new Date("2100-01-01"));
  expect((await get(`/experiments/runs/${THIRD}`)).text).toContain("epoch 1");
  rmSync(logs, { recursive: true });
  symlinkSync(state, logs);
  expect((await get(`/experiments/runs/${THIRD}`)).text).not.toContain("a secret");
});
