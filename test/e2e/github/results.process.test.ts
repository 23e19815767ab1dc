import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkGate } from "../../../core/gates/check-gate.ts";
import { zipOf } from "../../attested/zip.ts";
import { type Models, type OpenPull, openModels, reported, threshold } from "./models.ts";
import type { MadeRun } from "./place-run.ts";

// What a run's artifact says is whatever the pull request's code made of it.
let at: Models;
let pull: OpenPull;
beforeAll(async () => {
  at = await openModels();
  pull = await at.pull("eve", "try", threshold(45));
});
afterAll(() => at.close());

/** A run of the pull request that ended so; what the App says of it. */
async function ran(made: MadeRun, on = pull) {
  const run = await at.ran(on, made);
  const [check, target] = [await at.check(on), await at.check(on, "Slipway: production")];
  return { run, check, target, report: await at.report(on) };
}

async function expectRefused(made: MadeRun, code: string): Promise<void> {
  const { run, check, target, report } = await ran(made);
  expect(report).toContain(`[run ${run.id}]`);
  expect([check.conclusion, target.conclusion]).toEqual(["failure", "failure"]);
  expect(check.text).toContain(code);
  expect(report).toContain(code);
  expect(report).not.toContain("0.97");
}

const good = { results: { tiny: reported(0.97) } };

it("takes an honest run, so that the refusals below say something", async () => {
  const { check, target, report } = await ran(good);
  expect([check.conclusion, target.conclusion]).toEqual(["success", "success"]);
  expect(report).toContain("0.97");
});

it("takes no metrics that were written into the artifact after its job attested it", async () => {
  const worse = { results: { tiny: reported(0.5) } };
  const forged = zipOf({ name: "result.json", content: JSON.stringify(reported(0.97)) });
  await expectRefused({ ...worse, tamper: ({ file }) => writeFileSync(file, forged) }, "RESULT_DIGEST");
});

it("answers the gates by itself, whatever a result says of them", async () => {
  const { evaluation } = reported(0.97);
  if (!evaluation) throw new Error("it is measured");
  const passed = (gate: object) =>
    checkGate({ gate: gate as never, origin: "spec" }, { evaluation, comparisons: [], tries: [] });
  const gates = { register: [passed({ metric: "accuracy", "at-least": 0.3 })], production: [] };
  const { check, target, report } = await ran({ results: { tiny: { ...reported(0.2), gates } } });
  expect([check.conclusion, target.conclusion]).toEqual(["failure", "failure"]);
  expect(report).toMatch(/accuracy.*at least 0\.3.*0\.2/);
});

it("registers what main's own run measured, whatever the pull request's run said", async () => {
  const other = await at.pull("eve", "boasting", threshold(46));
  const { check } = await ran({ results: { tiny: reported(0.99) } }, other);
  expect(check.conclusion).toBe("success");
  await at.merge("rolf", other);
  await at.ran("main", { results: { tiny: await at.stored(0.61) } });
  const [version, ...more] = await at.versions();
  expect(more).toEqual([]);
  expect(version?.evaluation.metrics["accuracy"]?.value).toBe(0.61);
});

it("registers nothing from a pull request's run that calls itself binding", async () => {
  const before = await at.registry();
  await expectRefused({ results: { tiny: await at.stored(0.97) } }, "RESULT_MISMATCH");
  expect(await at.registry()).toBe(before);
});

it("takes nothing that was uploaded under a result's name and that no job attests", async () => {
  await expectRefused({ ...good, jobs: () => ["pipeline / tiny / result"] }, "RESULT_MISSING");
});

it("takes no artifact of another run", async () => {
  const { run } = await ran(good);
  const other = [...at.repo.artifacts.values()].find((artifact) => artifact.run === run);
  const jobs = () => [`pipeline / tiny / result ${other?.id} ${other?.digest}`];
  await expectRefused({ jobs }, "RESULT_FOREIGN");
});

it("unpacks no zip whose entry climbs out of its folder", async () => {
  const zip = (result: unknown) => zipOf({ name: "../result.json", content: JSON.stringify(result) });
  await expectRefused({ ...good, zip }, "RESULT_ZIP_INVALID");
});

it("unpacks no zip with anything beside the result", async () => {
  const zip = (result: unknown) =>
    zipOf({ name: "result.json", content: JSON.stringify(result) }, { name: "../.bashrc", content: "" });
  await expectRefused({ ...good, zip }, "RESULT_ZIP_INVALID");
});

const BOMB = Buffer.alloc(64 * 1024 * 1024, "0");

it("unpacks no zip bomb that says what it is", async () => {
  await expectRefused({ ...good, zip: () => zipOf({ name: "result.json", content: BOMB }) }, "RESULT_TOO_LARGE");
});

it("stops unpacking a zip bomb that says it is small", async () => {
  const zip = () => zipOf({ name: "result.json", content: BOMB, claimedSize: 1000 });
  await expectRefused({ ...good, zip }, "RESULT_ZIP_INVALID");
});

it("fetches no byte of a 200 MB artifact", async () => {
  const seen = at.home.sandbox.state.requests.length;
  await expectRefused(
    { ...good, tamper: (artifact) => Object.assign(artifact, { size: 200_000_000 }) },
    "RESULT_TOO_LARGE",
  );
  const asked = at.home.sandbox.state.requests.slice(seen).map(({ path }) => path);
  expect(asked.some((path) => /\/actions\/artifacts\/\d+$/.test(path))).toBe(true);
  expect(asked.filter((path) => path.endsWith("/zip"))).toEqual([]);
});

it("stops fetching an artifact that holds more bytes than GitHub said", async () => {
  await expectRefused(
    { ...good, tamper: ({ file }) => writeFileSync(file, Buffer.alloc(200_000_000)) },
    "RESULT_TOO_LARGE",
  );
});

it("registers nothing of a push to another branch than main", async () => {
  const before = await at.registry();
  await at.ran(pull, { event: "push", results: { tiny: await at.stored(0.97) } });
  expect(await at.registry()).toBe(before);
});
