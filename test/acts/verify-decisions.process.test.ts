import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decideAgain } from "../../core/acts/decide-again.ts";
import { readGates } from "../../core/acts/policy.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { registerResult } from "../../core/acts/register-result.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { verifyAll } from "../../core/acts/verify-all.ts";
import { toSecond } from "../../core/clock.ts";
import { fetchDefaultBranch } from "../../core/git/default-branch.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { decisionId } from "../../core/promotion/assign-stage.ts";
import { decidingPolicy } from "../../core/promotion/decide-promotion.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { decisionChange } from "../../core/registry/records.ts";
import { newSources } from "../../core/registry/sources.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Person } from "../../schemas/names.ts";
import { gitIn, temporaryFolder } from "../registry/repositories.ts";
import { comment, forge, PERSONS, policyYaml } from "./hosts.ts";
import { essays, MOMENT, registerTip, runOfTip } from "./runs.ts";

const model = "penguins";
/** What every version has is 0.97. */
const floor = (least: number, approvals = 0, more = "") => ({
  "slipway.yaml": policyYaml(approvals, `{ metric: accuracy, at-least: ${least} }`) + more,
});

/** Two versions, of two commits on the default branch. */
async function registered(policy = floor(0.8)) {
  const repository = await forge(policy);
  const host = await repository.host();
  for (const note of ["first", "second"]) {
    await repository.merge({ "models/penguins/README.md": note });
    await registerTip(host);
  }
  return { ...repository, host, another: repository.host };
}

const ask = (host: Ports, version: number) =>
  promoteVersion(host, { model, version, stage: "production", requestedBy: PERSONS.ada, source: comment() });
const back = (host: Ports, to?: number) =>
  rollBack(host, { model, stage: "production", to, requestedBy: PERSONS.ada, source: comment() });

async function found({ origin }: { origin: string }) {
  const { findings } = await verifyRegistry({ folder: origin, decide: decideAgain });
  return findings.map(({ code, message }) => `${code} ${message}`);
}

/**
 * One more decision, made of the last one, as somebody writes it who has a hand on the registry and Slipway's own writer: its
 * commit is an act's to the last byte.
 */
async function write(host: Ports, edit: (last: Decision) => Decision): Promise<void> {
  await publishWithRetry(host.registry, async (snapshot) => {
    const record = await snapshot.model(model);
    const decisions = await snapshot.list("decision", model);
    // All are of one moment: what was refused came last.
    const last = decisions.find(({ outcome }) => outcome === "refused") ?? decisions.at(-1);
    if (record === undefined || last === undefined) throw new Error("nothing was decided");
    const { request: _, source: __, ...base } = last;
    const tagged_at = toSecond(new Date(Date.parse(MOMENT) + 1000 * (record.assignments ?? 0)).toISOString());
    const edited = edit({ ...base, assignment: (record.assignments ?? 0) + 1, tagged_at });
    const decision = { ...edited, id: decisionId(edited, record.stages["production"], record) };
    const sources = await newSources(host.objects, snapshot, [decision.policy.blob, decision.policy.spec_blob]);
    return decisionChange({ decision, record, sources });
  });
}
const promoted = (decision: Decision): Decision => ({ ...decision, outcome: "promoted", refusals: [] });
const passed = (decision: Decision): Decision => ({
  ...promoted(decision),
  gates: decision.gates.map((gate) => ({ ...gate, verdict: "pass", value: 0.999, found: "0.999" })),
});

describe("verify makes decisions again", () => {
  it("and finds nothing where they come out as recorded: registered by a run, promoted, rolled back, refused", async () => {
    const log = join(await temporaryFolder(), "log");
    const files = essays(log);
    const spec = (least: number) => ({
      "models/essays/model.yaml": `${files["models/essays/model.yaml"]}gates: { production: [{ metric: readability, at-least: ${least}, min-rows: 1 }] }\n`,
    });
    const repository = await forge({ ...files, ...spec(0.4), "slipway.yaml": "slipway: 1\n" });
    const host = await repository.host();
    const asked = { model: "essays", stage: "production", requestedBy: PERSONS.ada };
    for (const [at, text] of ["two", "three"].entries()) {
      await repository.merge({ "models/essays/test.csv": `text\none\n${text}\n` });
      await registerResult(host, { run: await runOfTip(host, "essays"), requestedBy: PERSONS.grace });
      const done = await promoteVersion(host, { ...asked, version: at + 1, source: comment() });
      expect(done).toMatchObject({ outcome: "promoted" });
    }
    await repository.merge(spec(0.9));
    expect(await rollBack(host, { ...asked, source: comment() })).toMatchObject({ outcome: "rolled-back" });
    const refused = await promoteVersion(host, { ...asked, version: 2, source: comment() });
    expect(refused).toMatchObject({ outcome: "refused" });
    expect(await found(repository)).toEqual([]);
  });

  it("from texts that are kept once each, whatever becomes of the default branch", async () => {
    const repository = await registered();
    await ask(repository.host, 1);
    await ask(repository.host, 2);
    const files = (await gitIn(repository.origin, "ls-tree", "-r", "--name-only", "registry", "sources/")).split("\n");
    const blobs = ["main:slipway.yaml", "main:models/penguins/model.yaml"];
    const ids = await Promise.all(blobs.map((path) => gitIn(repository.origin, "rev-parse", path)));
    expect(files).toEqual(ids.map((id) => `sources/${id}.yaml`).sort());
    await gitIn(repository.origin, "update-ref", "-d", "refs/heads/main");
    expect(await found(repository)).toEqual([]);
  });

  it.each<[what: string, edit: (decision: Decision) => Decision, finds: RegExp]>([
    ["a refused version that was promoted", promoted, /another end/],
    ["gates that were said to pass", passed, /another end/],
    ["gates that were left out", (made) => ({ ...passed(made), gates: [] }), /another end/],
    [
      "gates that were left out of the policy's, too",
      (made) => ({ ...passed(made), gates: [], policy: { ...made.policy, gates: [] } }),
      /another end/,
    ],
    [
      "a threshold that was lowered",
      (made) => {
        const gates = made.gates.map((each) => ({ ...each, gate: { ...each.gate, "at-least": 0.1 } }));
        return { ...passed({ ...made, gates }), policy: { ...made.policy, gates } };
      },
      /another end/,
    ],
    [
      "another stage than the policy's",
      (made) => ({ ...promoted(made), stage: "canary", gates: [], policy: { ...made.policy, gates: [] } }),
      /There is no stage canary/,
    ],
    [
      "a rollback to a version that never was in the stage",
      ({ gates: _, ...made }) => ({ ...promoted({ ...made, gates: [] }), act: "rollback", restores: made.id }),
      /another end/,
    ],
    ["a tag of the future", (made) => ({ ...promoted(made), tagged_at: "2031-01-01T00:00:00Z" }), /another end/],
  ])("and finds %s", async (_, edit, finds) => {
    const repository = await registered(floor(0.99));
    expect(await ask(repository.host, 1)).toMatchObject({ outcome: "refused" });
    expect(await found(repository)).toEqual([]);
    await write(repository.host, edit);
    expect((await found(repository)).join("\n")).toMatch(finds);
  });

  it("and finds approvals that were counted down", async () => {
    const repository = await registered();
    expect(await ask(repository.host, 1)).toMatchObject({ outcome: "promoted" });
    await repository.merge(floor(0.8, 2));
    const { commit } = await fetchDefaultBranch(repository.host.workspace, "origin");
    const { policy } = await readGates(repository.host, commit, model, "production");
    await write(repository.host, (last) => ({
      ...{ ...last, version: 2, replaces: 1, previous: last.id },
      policy: { ...last.policy, ...decidingPolicy(policy), approvals: 0 },
    }));
    expect((await found(repository)).join("\n")).toMatch(/DECISION_WRONG .*another end/);
  });

  it.each<[what: string, edit: (manifest: Manifest) => Manifest]>([
    ["a registration whose gates were dropped", (made) => ({ ...made, gates: [] })],
    [
      "a registration whose gates are said to pass",
      (made) => ({ ...made, gates: made.gates.map((each) => ({ ...each, verdict: "pass" })) }),
    ],
    ["a registration without a policy", ({ policy: _, ...made }) => made as Manifest],
    ["an evaluation that is not binding", (made) => ({ ...made, evaluation: { ...made.evaluation, binding: false } })],
  ])("and finds %s", async (_, edit) => {
    const gates = "gates: { register: [{ metric: accuracy, at-least: 0.99 }] }\n";
    const repository = await forge({
      "slipway.yaml": `slipway: 1\nmetrics: { accuracy: { metric: accuracy_score } }\n${gates}`,
    });
    const host = await repository.host();
    await registerTip(host, edit);
    expect((await found(repository)).join("\n")).toMatch(/DECISION_WRONG/);
  });

  it("and finds a version that was registered at another moment than its tag says", async () => {
    const repository = await forge(floor(0.8));
    await registerTip(await repository.host(), (made) => ({ ...made, tagged_at: "2031-01-01T00:00:00Z" }));
    expect((await found(repository)).join("\n")).toMatch(/TIME_WRONG/);
  });

  it("and finds rules whose text is not kept", async () => {
    const repository = await registered(floor(0.99));
    await ask(repository.host, 1);
    await write(repository.host, (last) => ({
      ...promoted(last),
      policy: { ...last.policy, spec: "models/other/model.yaml" },
    }));
    expect((await found(repository)).join("\n")).toMatch(/DECISION_WRONG .*cannot be read again/);
  });

  it("and finds the rules of another commit's policy, which is real and was easier", async () => {
    const repository = await registered(floor(0.5));
    await ask(repository.host, 1);
    const easy = await (await repository.host.registry.snapshot()).list("decision", model);
    await repository.merge(floor(0.99));
    const { commit } = await fetchDefaultBranch(repository.host.workspace, "origin");
    await write(repository.host, (last) => ({
      ...passed(last),
      policy: { ...last.policy, commit, blob: easy[0]?.policy.blob ?? "" },
    }));
    const { findings } = await verifyAll(repository.host);
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(["DECISION_WRONG", "COMMIT_WRONG"]));
  });

  it("and finds a spec that is another model's", async () => {
    const repository = await registered(floor(0.99));
    const { host, origin, merge } = repository;
    await ask(host, 1);
    const spec = await gitIn(origin, "show", "main:models/penguins/model.yaml");
    await merge({ "models/finches/model.yaml": `${spec}\n# another\n` });
    await host.objects.read(`${(await fetchDefaultBranch(host.workspace, "origin")).commit}^{commit}`);
    const other = await gitIn(origin, "rev-parse", "main:models/finches/model.yaml");
    const { commit } = await fetchDefaultBranch(host.workspace, "origin");
    await write(host, (last) => ({ ...last, policy: { ...last.policy, commit, spec_blob: other } }));
    const { findings } = await verifyAll(host);
    expect(findings.map(({ code }) => code)).toContain("COMMIT_WRONG");
  });

  it("and finds an approval of somebody whom the policy does not let approve", async () => {
    const repository = await registered();
    const { host } = repository;
    expect(await ask(host, 1)).toMatchObject({ outcome: "promoted" });
    await repository.merge(floor(0.8, 1, "roles: { approve: { users: [{ login: grace, id: 2 }] } }\n"));
    const { commit } = await fetchDefaultBranch(host.workspace, "origin");
    const { policy } = await readGates(host, commit, model, "production");
    const second = await (await host.registry.snapshot()).manifest(model, 2);
    const forged = (by: Person) => (last: Decision) => ({
      ...{ ...last, version: 2, replaces: 1, previous: last.id, source: comment() },
      ...{ manifest: second?.blob ?? "", artifact_sha256: second?.manifest.artifact.sha256 ?? "" },
      policy: { ...last.policy, ...decidingPolicy(policy), approvals: 1 },
      approvals: [{ by, manifest: second?.blob ?? "", at: last.decided_at }],
    });
    await write(host, forged({ name: "mallory", id: "mallory", account: "github:666" }));
    expect((await found(repository)).join("\n")).toMatch(/mallory approved it, and the policy lets nobody/);
  });

  it("and finds a comparison whose value is not the evaluation's", async () => {
    const versus = "{ metric: accuracy, versus: production, max-regression: 0 }";
    const repository = await registered({ "slipway.yaml": policyYaml(0, versus) });
    expect(await ask(repository.host, 1)).toMatchObject({ outcome: "promoted" });
    const pair = { candidate: 0.99, baseline: 0.97, difference: { value: 0.02 }, greater_is_better: true };
    await write(repository.host, (last) => ({
      ...promoted(last),
      version: 2,
      comparisons: [{ stage: "production", version: 1, predictions: "kept", rows: 69, metrics: { accuracy: pair } }],
    }));
    expect((await found(repository)).join("\n")).toMatch(/another value than its own evaluation/);
  });

  it("and finds a rollback further back than its stack goes", async () => {
    const repository = await registered();
    for (const version of [1, 2]) await ask(repository.host, version);
    expect(await back(repository.host)).toMatchObject({ outcome: "rolled-back" });
    expect(await found(repository)).toEqual([]);
    await write(repository.host, ({ previous: _, ...last }) => ({ ...last, version: 1, replaces: 1 }));
    expect((await found(repository)).join("\n")).toMatch(/DECISION_WRONG/);
  });
});

describe("verify proves the commits that records name", () => {
  const verified = async (ports: Ports, about: { strict?: boolean } = {}) => {
    const { findings, proven, unproven } = await verifyAll(ports, about);
    // The builder's versions have no bytes in the store.
    const codes = findings.map(({ code }) => code).filter((code) => !code.startsWith("ARTIFACT_"));
    return { codes, proven, unproven: unproven.map(({ why }) => why) };
  };

  it("which are on the default branch with the texts that the records name", async () => {
    const { host } = await registered();
    await ask(host, 1);
    expect(await verified(host)).toEqual({ codes: [], proven: 2, unproven: [] });
  });

  it("and counts those of a policy that was on the branch for one promotion alone", async () => {
    const { host, origin, merge, another } = await registered(floor(0.99));
    const before = await gitIn(origin, "rev-parse", "main");
    await merge({ "slipway.yaml": "slipway: 1\n" });
    expect(await ask(host, 1)).toMatchObject({ outcome: "promoted" });
    await gitIn(origin, "update-ref", "refs/heads/main", before);
    expect(await verified(host)).toEqual({ codes: [], proven: 2, unproven: ["off-branch"] });
    expect(await verified(host, { strict: true })).toMatchObject({ codes: ["COMMIT_UNPROVEN"] });
    // A clone that never had it.
    expect(await verified(await another())).toEqual({ codes: [], proven: 2, unproven: ["absent"] });
  });

  it("and counts those that a merge brought along, which nobody ever saw at the branch's tip", async () => {
    const { host, origin, merge } = await registered(floor(0.99));
    const before = await gitIn(origin, "rev-parse", "main");
    const side = await merge({ "slipway.yaml": "slipway: 1\n" });
    expect(await ask(host, 1)).toMatchObject({ outcome: "promoted" });
    const parents = ["-p", before, "-p", side];
    const merged = await gitIn(origin, "commit-tree", ...parents, "-m", "merge", `${before}^{tree}`);
    await gitIn(origin, "update-ref", "refs/heads/main", merged);
    expect(await verified(host)).toEqual({ codes: [], proven: 2, unproven: ["merged"] });
    expect(await verified(host, { strict: true })).toMatchObject({ codes: ["COMMIT_UNPROVEN"] });
  });

  it("and takes no graft for history", async () => {
    const { host, origin, merge } = await registered(floor(0.99));
    const before = await gitIn(origin, "rev-parse", "main");
    const empty = await merge({ "slipway.yaml": "slipway: 1\n" });
    await ask(host, 1);
    const other = await gitIn(origin, "commit-tree", "-p", before, "-m", "other", `${before}^{tree}`);
    await gitIn(origin, "update-ref", "refs/heads/main", other);
    const { commonFolder } = host.workspace;
    await mkdir(join(commonFolder, "info"), { recursive: true });
    await writeFile(join(commonFolder, "info", "grafts"), `${other} ${empty}\n`);
    expect(await verified(host)).toMatchObject({ unproven: ["off-branch"] });
  });

  it("and finds those that have another policy than the record says, on the branch or off it", async () => {
    const { host } = await registered(floor(0.99));
    await ask(host, 1);
    await write(host, ({ policy: { blob: _, ...policy }, ...last }) => {
      const made = { ...promoted(last as Decision), gates: [], policy: { ...policy, gates: [] } };
      return made;
    });
    expect((await verified(host)).codes).toEqual(["COMMIT_WRONG"]);
  });

  it("and finds those that have another spec than the record says", async () => {
    const { host, merge } = await registered(floor(0.99));
    await merge({ "models/penguins/README.md": "third" });
    await registerTip(host, (made) => ({
      ...made,
      source: { ...made.source, commit: made.source.commit, spec: "README.md" },
    }));
    expect((await verified(host)).codes).toContain("COMMIT_WRONG");
  });

  it("and says of a shallow clone what it lacks", async () => {
    const { host, origin } = await registered();
    await ask(host, 1);
    const clone = join(await temporaryFolder(), "clone.git");
    await gitIn(".", "clone", "--quiet", "--bare", "--depth=1", "--branch=main", `file://${origin}`, clone);
    const objects = await openObjects(clone);
    const workspace = await openWorkspace(clone);
    const shallow = { ...host, objects, workspace };
    await gitIn(clone, "config", "remote.origin.url", origin);
    expect(await verified(shallow)).toEqual({ codes: [], proven: 1, unproven: ["absent"] });
    await objects.close();
  });
});
