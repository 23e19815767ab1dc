import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { KnownRun } from "../../core/attested/check-result.ts";
import { attestedBy, readResults } from "../../core/attested/read-results.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { attestingJob, startWire, type Wire } from "../app/wire.ts";
import { runResult } from "../report/run-result.ts";
import { zipOf } from "./zip.ts";

const RUN: KnownRun = { id: 42, attempt: 1, head: "c".repeat(40), binding: false };
let wire: Wire;

beforeAll(async () => {
  wire = await startWire();
});
afterAll(() => wire.close());
beforeEach(() => {
  wire.state.jobs = [];
  wire.state.artifacts.clear();
  wire.state.calls = [];
});

function resultOf(about: Partial<RunResult> = {}): RunResult {
  return runResult({ run: "42-1-penguins", ...about });
}

/** A run whose one job attests what its artifact holds. */
function upload(content: unknown, about: { size?: number; expired?: boolean; run?: number } = {}): Buffer {
  const zip = zipOf({ name: "result.json", content: typeof content === "string" ? content : JSON.stringify(content) });
  wire.state.artifacts.set(9, { zip, run: 42, ...about });
  wire.state.jobs.push(attestingJob("penguins", 9, zip));
  return zip;
}

async function read(run = RUN) {
  const host = { octokit: wire.octokit, repository: { owner: "acme", name: "models" } } as never;
  const attested = await attestedBy(host, run);
  return attested === "superseded" ? attested : readResults(host, run, attested, ["penguins"]);
}

async function codeOf(run = RUN): Promise<string> {
  const [answer] = (await read(run)) as Exclude<Awaited<ReturnType<typeof read>>, string>;
  return answer === undefined ? "nothing" : "refusal" in answer ? answer.refusal.code : "taken";
}

it("takes a attested result in three calls, and shows nobody its token on the way", async () => {
  upload(resultOf());

  expect(await read()).toEqual([{ model: "penguins", result: resultOf() }]);
  expect(wire.state.calls).toEqual([
    "GET /actions/runs/42/jobs",
    "GET /actions/artifacts/9",
    "GET /actions/artifacts/9/zip",
  ]);
  expect(wire.state.authorization).toBeUndefined();
});

it("takes no artifact that no job attests, whatever its name", async () => {
  upload(resultOf());
  wire.state.jobs = [{ name: "pipeline / penguins / result", conclusion: "success" }];
  expect(await codeOf()).toBe("RESULT_MISSING");
});

it("takes no word of a job that failed, or of another model's", async () => {
  const zip = upload(resultOf());
  wire.state.jobs = [{ ...attestingJob("penguins", 9, zip), conclusion: "failure" }, attestingJob("late", 9, zip)];
  expect(await codeOf()).toBe("RESULT_MISSING");
});

it("refuses two results of one model, unless one is of an earlier attempt", async () => {
  const zip = upload(resultOf());
  wire.state.jobs = [attestingJob("penguins", 9, zip), attestingJob("penguins", 10, zip)];
  expect(await codeOf()).toBe("RESULT_DOUBLED");
  wire.state.jobs = [attestingJob("penguins", 10, zip), { ...attestingJob("penguins", 9, zip), run_attempt: 2 }];
  expect(await codeOf({ ...RUN, attempt: 2 })).toBe("taken");
});

it("leaves a run alone that is being run again", async () => {
  upload(resultOf());
  wire.state.jobs.push({ name: "pipeline / plan", conclusion: null, run_attempt: 2 });
  expect(await read()).toBe("superseded");
});

it("finds the attesting job behind a hundred others", async () => {
  upload(resultOf());
  wire.state.jobs.unshift(...Array.from({ length: 120 }, (_, i) => ({ name: `lint ${i}`, conclusion: "success" })));
  expect(await codeOf()).toBe("taken");
});

it("refuses another run's artifact, one that expired, and one that is gone", async () => {
  upload(resultOf(), { run: 41 });
  expect(await codeOf()).toBe("RESULT_FOREIGN");
  wire.state.artifacts.set(9, { zip: zipOf(), run: 42, expired: true });
  expect(await codeOf()).toBe("RESULT_EXPIRED");
  wire.state.artifacts.clear();
  expect(await codeOf()).toBe("RESULT_EXPIRED");
});

it("fetches no byte of what is said to be too large", async () => {
  upload(resultOf(), { size: 200 * 1024 * 1024 });
  expect(await codeOf()).toBe("RESULT_TOO_LARGE");
  expect(wire.state.calls).not.toContain("GET /actions/artifacts/9/zip");
});

it("stops fetching where the bytes are more than was said", async () => {
  upload("", { size: 100 });
  wire.state.artifacts.set(9, { zip: Buffer.alloc(9 * 1024 * 1024), run: 42, size: 100 });
  expect(await codeOf()).toBe("RESULT_TOO_LARGE");
});

it("refuses bytes that are not those attested", async () => {
  upload(resultOf());
  wire.state.artifacts.set(9, { zip: zipOf({ name: "result.json", content: "{}" }), run: 42 });
  expect(await codeOf()).toBe("RESULT_DIGEST");
});

it("refuses what is no result", async () => {
  for (const content of ["{", "[]", JSON.stringify({ ...resultOf(), model: "../penguins" }), "\ufffe"]) {
    wire.state.jobs = [];
    upload(content);
    expect(await codeOf(), content).toBe("RESULT_INVALID");
  }
});

it.each<[string, Partial<RunResult>]>([
  ["another model", { model: "late" }],
  ["another run", { run: "41-1-penguins" }],
  ["a later attempt", { run: "42-2-penguins" }],
  ["another model's run", { run: "42-1-diabetes" }],
  ["a run that is written otherwise", { run: "042-1-penguins" }],
  ["no attempt", { run: "42-0-penguins" }],
  ["a folder's way out", { run: "42-1-penguins/../../x" }],
  ["another commit", { source: { commit: "d".repeat(40), dirty: false } }],
  ["a dirty tree", { source: { commit: "c".repeat(40), dirty: true } }],
  ["a binding claim", { binding: true }],
  ["success without an evaluation", { evaluation: undefined }],
])("refuses a result that claims %s", async (_, about) => {
  upload(resultOf(about));
  expect(await codeOf()).toBe("RESULT_MISMATCH");
});

it("takes a binding result of the default branch's own run alone", async () => {
  const { evaluation } = resultOf();
  if (!evaluation) throw new Error("the builder makes an evaluation");
  upload(resultOf({ binding: true, evaluation: { ...evaluation, binding: true } }));
  expect(await codeOf({ ...RUN, binding: true })).toBe("taken");
  expect(await codeOf()).toBe("RESULT_MISMATCH");
});
