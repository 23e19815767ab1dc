import { describe, expect, it } from "vitest";
import { checkedVersion, distrust } from "../../core/acts/checked-version.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { ADA, promote, register } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { rewriteTip } from "../registry/tamper.ts";
import { plainHost } from "./plain-host.ts";

const MODEL = "models/f9/penguins/model.json";
const FORGED = { code: "RECORD_FORGED" };

/** Version 1 was in production before version 2; nobody has promoted version 3. */
async function registered() {
  const ports = await plainHost({ "slipway.yaml": "slipway: 1\n", "models/penguins/model.yaml": SPEC });
  for (let version = 1; version <= 3; version += 1) await register(ports.registry);
  const first = await promote(ports.registry, 1);
  const second = await promote(ports.registry, 2);
  const { folder } = ports.workspace;
  const rewrite = (path: string, change: (record: Record<string, unknown>) => void) =>
    rewriteTip(folder, {
      [path]: (text) => {
        const record = JSON.parse(text);
        change(record);
        return `${JSON.stringify(record, null, 2)}\n`;
      },
    });
  return { ports, folder, first, second, rewrite };
}

const SPEC = `slipway: 1
task: classification
data: { train: train.csv, test: test.csv, label: species }
train: { run: node train.mjs }
predict: { run: node predict.mjs }
metrics:
  accuracy: { metric: accuracy_score }
gates:
  production:
    - { metric: accuracy, at-least: 0.5 }
`;

const ASK = { model: "penguins", stage: "production", requestedBy: ADA };

describe("a version that is asked for", () => {
  it.each([
    ["by its number", { version: 1 }, 1],
    ["by an alias", { alias: "first" }, 1],
    ["by its stage", { stage: "production" }, 2],
    ["by its stage, as if it were an alias", { alias: "production" }, 2],
    ["as the latest", { alias: "latest" }, 3],
    ["by its model alone, as the latest", {}, 3],
  ])("%s is found", async (_, which, version) => {
    const { ports, rewrite } = await registered();
    await rewrite(MODEL, (record) => {
      record["aliases"] = { first: 1 };
    });
    const { manifest } = await checkedVersion(ports, { model: "penguins", ...which });
    expect(manifest.version).toBe(version);
  });

  it.each([
    ["an alias", { alias: "none" }],
    ["a stage", { stage: "staging" }],
    ["a number", { version: 9 }],
  ])("by %s that there is not is none", async (_, which) => {
    const { ports } = await registered();
    await expect(checkedVersion(ports, { model: "penguins", ...which })).rejects.toMatchObject({
      code: "VERSION_UNKNOWN",
    });
  });

  it("by a stage that was filled by hand is refused, and by its number is not", async () => {
    const { ports, rewrite, second } = await registered();
    await rewrite(MODEL, (record) => {
      record["stages"] = { production: { version: 3, assignment: 2, decision: second.id, at: second.decided_at } };
    });
    const asked = (which: object) => checkedVersion(ports, { model: "penguins", ...which });
    await expect(asked({ stage: "production" })).rejects.toMatchObject(FORGED);
    await expect(asked({ version: 3 })).resolves.toMatchObject({ manifest: { version: 3 } });
  });

  it("is refused where its manifest was edited", async () => {
    const { ports, rewrite } = await registered();
    await rewrite("models/f9/penguins/versions/3.json", (record) => {
      record["seed"] = 8;
    });
    await expect(checkedVersion(ports, { model: "penguins", version: 3 })).rejects.toMatchObject({
      code: "TAG_UNTRUSTED",
    });
  });
});

describe("a version whose tag somebody took away", () => {
  const untagged = async (version: number) => {
    const made = await registered();
    await gitIn(made.folder, "update-ref", "-d", `refs/tags/penguins@v${version}.0.0`);
    return made;
  };

  it("is refused, whoever signs: nothing says which bytes its manifest had", async () => {
    const { ports } = await untagged(1);
    const asked = checkedVersion(ports, { model: "penguins", version: 1 });
    await expect(asked).rejects.toMatchObject({ code: "TAG_UNTRUSTED" });
    const given = await promoteVersion(ports, { ...ASK, version: 1 });
    expect(given).toMatchObject({ outcome: "refused", decision: { refusals: [{ code: "TAG_UNTRUSTED" }] } });
  });

  it("is handed out where it was published last: its writer was interrupted", async () => {
    const { ports, folder } = await registered();
    await register(ports.registry);
    await gitIn(folder, "update-ref", "-d", "refs/tags/penguins@v4.0.0");
    expect((await checkedVersion(ports, { model: "penguins", version: 4 })).manifest.version).toBe(4);
  });
});

describe("a promotion", () => {
  it("of a version whose manifest was edited is refused, and says so", async () => {
    const { ports, rewrite } = await registered();
    await rewrite("models/f9/penguins/versions/3.json", (record) => {
      record["seed"] = 8;
    });
    const given = await promoteVersion(ports, { ...ASK, version: 3 });
    expect(given).toMatchObject({ outcome: "refused", decision: { refusals: [{ code: "TAG_UNTRUSTED" }] } });
  });

  it("of a manifest that is another number's is refused", async () => {
    const { ports, folder } = await registered();
    const first = `${await gitIn(folder, "show", "registry:models/f9/penguins/versions/1.json")}\n`;
    await rewriteTip(folder, { "models/f9/penguins/versions/3.json": () => first });
    await expect(promoteVersion(ports, { ...ASK, version: 3 })).rejects.toMatchObject(FORGED);
  });

  it("is not compared with what somebody put into the stage by hand", async () => {
    const { ports, rewrite, first } = await registered();
    await rewrite(MODEL, (record) => {
      record["stages"] = { production: { version: 1, assignment: 1, decision: first.id, at: first.decided_at } };
    });
    const given = await promoteVersion(ports, { ...ASK, version: 3 });
    expect(given).toMatchObject({ outcome: "refused", decision: { refusals: [FORGED] } });
  });
});

describe("a rollback", () => {
  it("to a version whose manifest was edited is refused", async () => {
    const { ports, rewrite } = await registered();
    await rewrite("models/f9/penguins/versions/1.json", (record) => {
      record["seed"] = 8;
    });
    const given = await rollBack(ports, { ...ASK, to: 1 });
    expect(given).toMatchObject({ outcome: "refused", refusals: [{ code: "RECORD_FORGED" }] });
  });

  it("to a decision that was edited is refused", async () => {
    const { ports, rewrite, first } = await registered();
    await rewrite(`models/f9/penguins/promotions/${first.id}.json`, (record) => {
      record["reason"] = "because";
    });
    const given = await rollBack(ports, { ...ASK, to: 1 });
    expect(given).toMatchObject({ outcome: "refused", refusals: [{ code: "TAG_UNTRUSTED" }] });
  });
});

it("says nothing against what the registry wrote", async () => {
  const { ports } = await registered();
  const snapshot = await ports.registry.snapshot();
  const about = { model: "penguins", version: 2, stage: "production" };
  expect(await distrust(ports, snapshot, about, [])).toBeUndefined();
});
