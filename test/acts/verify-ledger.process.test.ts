import { join } from "node:path";
import { expect, it } from "vitest";
import type { Ports } from "../../core/acts/ports.ts";
import { registerResult } from "../../core/acts/register-result.ts";
import { verifyAll } from "../../core/acts/verify-all.ts";
import { tryId } from "../../core/ledger/charge.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { recordChange, recordFile } from "../../core/registry/records.ts";
import type { Registry, RegistrySnapshot } from "../../core/registry/registry.ts";
import type { RegistryChange, RegistryFile } from "../../core/registry/registry-change.ts";
import type { Try } from "../../schemas/try.ts";
import { digest } from "../registry/builders.ts";
import { temporaryFolder } from "../registry/repositories.ts";
import { forge } from "./hosts.ts";
import { essays, runOfTip } from "./runs.ts";

const APP = { name: "slipway[bot]", id: "slipway[bot]" };
const GATES = "gates: { production: [{ metric: readability, at-least: 0.1, min-rows: 1, confidence: 0.95 }] }\n";

/** A registry with one version, and so with one try. */
async function tried(): Promise<{ host: Ports; made: Try }> {
  const files = essays(join(await temporaryFolder(), "log"));
  const spec = `${files["models/essays/model.yaml"]}${GATES}`;
  const repository = await forge({ ...files, "models/essays/model.yaml": spec, "slipway.yaml": "slipway: 1\n" });
  const host = await repository.host();
  await registerResult(host, { run: await runOfTip(host, "essays"), requestedBy: APP });
  const snapshot = await host.registry.snapshot();
  const [test = ""] = await snapshot.testSets();
  const [made] = await snapshot.listOfTestSet("try", test);
  return { host, made: made as Try };
}

/** What somebody writes who has a hand on the registry and Slipway's own writer, and what `verify` says of it. */
async function written(host: Ports, build: (snapshot: RegistrySnapshot) => RegistryChange): Promise<string[]> {
  await publishWithRetry(host.registry, async (snapshot) => build(snapshot));
  return (await verifyAll(host)).findings.map(({ code, message }) => `${code} ${message}`);
}

/** The next try after the first one, by another candidate. */
function next(made: Try, about: Partial<Try> = {}): Try {
  const { version: _, ...rest } = made;
  const other = { ...rest, candidate: digest(7), before: 0.0025, outcome: "refused" as const, ...about };
  return { ...other, id: about.id ?? tryId(other) };
}

it("finds nothing wrong with a try that was counted as it should be", async () => {
  const { host, made } = await tried();
  expect(await written(host, () => recordChange("try", [next(made)]))).toEqual([]);
});

it.each<[string, Partial<Try>, RegExp]>([
  ["forgets what was spent before", { before: 0 }, /something else was spent before it/],
  ["spends less than its price", { level: 0.001 }, /something else than its price/],
  ["spends nothing while there is something left", { level: 0 }, /something else than its price/],
  ["has an id of its own", { id: "0123456789abcdef".repeat(2) }, /its id does not follow/],
  ["has another budget than its policy", { budget: 1_000 }, /its budget is 1000, and its policy says 20/],
  ["leaves a gate out", { gates: [], price: 0, before: 0.0025, level: 0 }, /leaves out a gate on readability/],
  ["names a gate that nobody asks", { gates: [digest(1)] }, /a gate that its policy does not ask/],
  ["asks at another price", { price: 0.001, level: 0.001 }, /its price is 0.001, and its gates ask at 0.0025/],
  ["is of a test set that is not recorded", { test: digest(8), before: 0 }, /its test set has no record/],
  ["became a version, and names none", { outcome: "registered" }, /it says registered, and of no version/],
  ["names a version that is not there", { version: 9, outcome: "registered" }, /version 9, which has no manifest/],
  ["names a model that is not there", { model: "nobody", version: 1, outcome: "registered" }, /has no manifest/],
  ["names another candidate's version", { version: 1, outcome: "registered" }, /not those of version 1/],
  [
    "says that an evaluation registered",
    { act: "evaluate", version: 1, outcome: "registered" },
    /spent to evaluate it/,
  ],
])("finds a try that %s", async (_, about, message) => {
  const { host, made } = await tried();
  const found = await written(host, () => recordChange("try", [next(made, about)]));
  expect(found).toContainEqual(expect.stringMatching(message));
  expect(found.every((each) => each.startsWith("LEDGER_WRONG"))).toBe(true);
});

/** A version whose try was altered on its way into the registry, with whatever names it. */
async function altered(about: Partial<Try>): Promise<string[]> {
  const files = essays(join(await temporaryFolder(), "log"));
  const spec = `${files["models/essays/model.yaml"]}${GATES}`;
  const repository = await forge({ ...files, "models/essays/model.yaml": spec, "slipway.yaml": "slipway: 1\n" });
  const host = await repository.host();
  const { registry } = host;
  const draft: Registry["draft"] = async (change, on) => {
    const spent = change.files.find(({ path }) => path.includes("/tries/")) as RegistryFile;
    const made: Try = JSON.parse(spent.content);
    const id = tryId({ ...made, ...about });
    const file = recordFile({ kind: "try", ...made, id }, { ...made, ...about, id });
    const rest = change.files.filter((each) => each !== spent);
    const renamed = rest.map((each) => ({ ...each, content: each.content.replaceAll(made.id, id) }));
    return registry.draft({ ...change, files: [...renamed, file] }, on);
  };
  const writer = { ...host, registry: Object.assign(Object.create(registry), { draft }) as Registry };
  const registered = await registerResult(writer, { run: await runOfTip(host, "essays"), requestedBy: APP });
  expect(registered.outcome).toBe("registered");
  return (await verifyAll(host)).findings.map(({ code, message }) => `${code} ${message}`);
}

it.each<[string, Partial<Try>, RegExp]>([
  [
    "says that other values were measured",
    { measured: { readability: digest(3) } },
    /not measured as those of version 1/,
  ],
  ["leaves out what was measured", { measured: {} }, /^DECISION_WRONG .* rests on other tries/],
  ["names another run", { run: "123-1-essays" }, /names the run 123-1-essays, and version 1 another one/],
  ["names no run", { run: undefined }, /names the run of nobody/],
  ["names another version", { version: 7 }, /version 7, which has no manifest/],
  ["says that its version was refused", { outcome: "refused" }, /it says refused of version 1/],
])("finds a version's own try that %s", async (_, about, message) => {
  expect(await altered(about)).toContainEqual(expect.stringMatching(message));
});

it("finds nothing wrong with a version's own try that came as it was", async () => {
  expect(await altered({})).toEqual([]);
});

it("finds a test set that says it shares rows, where its sketch does not", async () => {
  const { host, made } = await tried();
  const overlap = { slipway: 1, sha256: made.test, other: digest(8), share: 0.5 };
  const file = recordFile({ kind: "overlap", test: made.test, other: digest(8) }, overlap);
  const found = await written(host, () => recordChange("try", [next(made)], [file]));
  expect(found).toEqual([expect.stringMatching(/^LEDGER_WRONG Two test sets share other rows/)]);
});

it("finds a test set that shares rows, where nothing says so", async () => {
  const { host, made } = await tried();
  const snapshot = await host.registry.snapshot();
  const set = await snapshot.read({ kind: "test-set", test: made.test });
  const copy = { ...set, sha256: digest(8), first: { model: made.model, at: made.at } };
  const file = recordFile({ kind: "test-set", test: digest(8) }, copy);
  const fresh = next(made, { test: digest(8), before: 0 });
  const found = await written(host, () => recordChange("try", [fresh], [file]));
  expect(found).toEqual(
    [1, 2].map(() => expect.stringMatching(/^LEDGER_WRONG Test set .* has rows of .*nothing says so/)),
  );
});

it("finds a try in the commit of an act that somebody else did", async () => {
  const { host, made } = await tried();
  const at = "2026-03-01T09:00:01.000Z";
  const foreign = next(made, { candidate: digest(9), at, before: 0.0025 });
  const found = await written(host, () => {
    const change = recordChange("try", [next(made)]);
    return { ...change, files: [...change.files, recordFile({ kind: "try", ...foreign }, foreign)] };
  });
  expect(found).toContainEqual(expect.stringMatching(/^ACT_WRONG/));
});
