import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { promoteVersion } from "../../core/acts/promote.ts";
import { registerResult } from "../../core/acts/register-result.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import { gitIn, temporaryFolder } from "../registry/repositories.ts";
import { rewriteTip } from "../registry/tamper.ts";
import { comment, forge, PERSONS } from "./hosts.ts";
import { essays, runOfTip } from "./runs.ts";

const { ada } = PERSONS;
const GATES =
  "gates: { production: [{ metric: readability, versus: production, max-regression: 0.5, min-rows: 2 }] }\n";

/** The essays with a gate that compares. */
function compared(log: string): Record<string, string> {
  const files = essays(log);
  return { ...files, "models/essays/model.yaml": `${files["models/essays/model.yaml"]}${GATES}` };
}

/** A new spec, and the same test data. */
const DESCRIBED = { "models/essays/model.yaml": `${compared("")["models/essays/model.yaml"]}description: Two\n` };

/** Version 1 in production, and version 2, which was registered before that and so was compared with nothing. */
async function twoVersions(second: Record<string, string>) {
  const log = join(await temporaryFolder(), "log");
  const { host, merge, origin } = await forge({ "slipway.yaml": "slipway: 1\n", ...compared(log) });
  const ports = await host();
  for (const change of [{}, second]) {
    if (Object.keys(change).length > 0) await merge(change);
    const run = await runOfTip(ports, "essays");
    expect(await registerResult(ports, { run, requestedBy: ada })).toMatchObject({ outcome: "registered" });
  }
  const ran = async () => (await readFile(log, "utf8")).split("\n").length - 1;
  const promote = (version: number, about = {}) =>
    promoteVersion(
      { ...ports, ...about },
      {
        ...{ model: "essays", version, stage: "production", requestedBy: ada },
        source: comment(),
      },
    );
  expect(await promote(1)).toMatchObject({ outcome: "promoted", decision: { gates: [{ reason: "NO_BASELINE" }] } });
  return { ran, promote, ports, origin };
}

it("is what was kept, compared without a line of the models' code", async () => {
  const { ran, promote } = await twoVersions(DESCRIBED);
  const before = await ran();
  expect(await promote(2)).toMatchObject({
    outcome: "promoted",
    decision: { comparisons: [{ version: 1, predictions: "kept" }], gates: [{ verdict: "pass" }] },
  });
  expect(await ran()).toBe(before);
});

it("is not to be had on a server where a model would have to predict again, and is where its code may run", async () => {
  const { ran, promote } = await twoVersions({ "models/essays/test.csv": "text\nthree\nfour\n" });
  const before = await ran();
  expect(await promote(2)).toMatchObject({
    outcome: "refused",
    decision: {
      refusals: [{ code: "GATE_INCONCLUSIVE", message: expect.stringContaining("/retry") }],
      comparisons: [{ version: 1, predictions: "unavailable" }],
    },
  });
  expect(await ran()).toBe(before);
  expect(await promote(2, { runsUserCode: true })).toMatchObject({
    outcome: "promoted",
    decision: { comparisons: [{ version: 1, predictions: "recomputed" }] },
  });
  expect(await ran()).toBeGreaterThan(before);
});

it("is not to be had, rather than an error, where a server lacks what the comparison needs", async () => {
  const { promote } = await twoVersions(DESCRIBED);
  const gone = await temporaryFolder();
  expect(await promote(2, { store: openFolderStore(gone, "file:gone") })).toMatchObject({
    outcome: "refused",
    decision: {
      refusals: [{ code: "ARTIFACT_NOT_STORED" }, { code: "GATE_INCONCLUSIVE" }],
      comparisons: [{ version: 1, predictions: "unavailable" }],
    },
  });
});

it("is kept of another run of the same commit, once, and decides then", async () => {
  const { ran, promote, ports, origin } = await twoVersions({ "models/essays/test.csv": "text\nthree\nfour\n" });
  const run = await runOfTip(ports, "essays");
  const retried = () => registerResult(ports, { run, requestedBy: ada });
  const reason = expect.stringContaining("compared with version 1 in production");
  expect(await retried()).toMatchObject({ outcome: "unchanged", manifest: { version: 2 }, reason });
  const tip = await gitIn(origin, "rev-parse", "registry");
  expect(await retried()).toMatchObject({ outcome: "unchanged", reason: expect.not.stringContaining("compared") });
  expect(await gitIn(origin, "rev-parse", "registry")).toBe(tip);
  const before = await ran();
  expect(await promote(2)).toMatchObject({
    outcome: "promoted",
    decision: { comparisons: [{ version: 1, predictions: "recomputed" }] },
  });
  expect(await ran()).toBe(before);
  expect((await verifyRegistry({ folder: origin })).findings).toEqual([]);
  const path = "models/be/essays/comparisons/2-production-1.json";
  await rewriteTip(origin, { [path]: (text) => text.replace('"version": 2', '"version": 1') });
  const codes = (await verifyRegistry({ folder: origin })).findings.map(({ code }) => code);
  expect(codes.sort()).toEqual(["RECORD_CHANGED"]);
});

it("is not taken of a run that predicted something else", async () => {
  const { ports } = await twoVersions({ "models/essays/test.csv": "text\nthree\nfour\n" });
  const run = await runOfTip(ports, "essays");
  const other = { ...run, predictions: { uri: "file:x", sha256: "0".repeat(64), size: 1 } };
  expect(await registerResult(ports, { run: other, requestedBy: ada })).toMatchObject({ outcome: "unchanged" });
  expect(await (await ports.registry.snapshot()).list("comparison", "essays", (at) => at.version === 2)).toEqual([]);
});
