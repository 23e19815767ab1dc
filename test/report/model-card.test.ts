import { expect, it } from "vitest";
import { modelCard } from "../../core/report/model-card.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { ARTIFACT, decision, digest, manifest } from "../registry/builders.ts";
import { activeConstructs } from "./active-constructs.ts";

const HOSTILE = "<script>alert(1)</script> | @everyone ![x](http://evil) **bold** `code`\n# not a heading";

const RECORD: ModelRecord = {
  slipway: 1,
  name: "penguins",
  tags: {},
  aliases: { champion: 3 },
  stages: { production: { version: 3, assignment: 2, decision: "00000000000000aa", at: "2026-01-31T10:00:00.000Z" } },
  latest_version: 3,
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-31T10:00:00.000Z",
};

function evaluated(): Manifest {
  const base = manifest({ version: 3 });
  const accuracy = { function: "accuracy_score", greater_is_better: true };
  return {
    ...base,
    description: "Species from body measurements.\n\nNot for birds that are no penguins.",
    source: { ...base.source, pull_request: 12, run: "123-1-penguins" },
    data: { train: { sha256: digest(4), rows: 275, files: [] }, test: base.data.test },
    evaluation: {
      ...base.evaluation,
      labels: "withheld",
      metrics: {
        accuracy: { ...accuracy, value: 0.971, intervals: [{ level: 0.025, low: 0.93, high: 0.99 }] },
      },
      slices: [{ slice: { island: "Dream" }, rows: 12, metrics: { accuracy: { ...accuracy, value: 0.9167 } } }],
      method: { name: "linearized", unit: "row", units: 69 },
    },
    gates: [
      {
        gate: { metric: "accuracy", "at-least": 0.8 },
        origin: "policy",
        verdict: "pass",
        expected: "at least 0.8",
        found: "0.971",
      },
    ],
    signature: {
      inputs: [
        { name: "bill_length_mm", type: "double" },
        { name: "island", type: "string", optional: true },
      ],
      outputs: [{ name: "species", type: "string" }],
    },
  };
}

const LINEAGE = {
  commit: "a".repeat(40),
  spec: "models/penguins/model.yaml",
  pull_request: 12,
  run: "123-1-penguins",
  artifact: { sha256: ARTIFACT.sha256, from: "trained" as const },
  data: { train: { sha256: digest(4), rows: 275 }, test: { sha256: digest(5), rows: 69 } },
  parent: { model: "penguins", version: 2, how: "retrained" as const },
  replaced: [{ stage: "production", version: 2, at: "2026-01-31T10:00:00.000Z", decision: "00000000000000aa" }],
};

it("tells a version from its records, as in test/fixtures/cards/penguins.md", async () => {
  const eve = { name: "Eve", id: "eve" };
  const approvals = [{ by: eve, manifest: digest(3).slice(0, 40), at: "2026-01-31T10:00:00.000Z" }];
  const refused = { code: "APPROVALS_MISSING", message: "One more approval is needed." };
  const card = modelCard({
    record: RECORD,
    manifest: evaluated(),
    lineage: LINEAGE,
    decisions: [
      decision({ version: 3, outcome: "refused", refusals: [refused], decided_at: "2026-01-31T09:30:00.000Z" }),
      decision({ version: 3, approvals, reason: "better on Dream" }),
    ],
  });
  await expect(card).toMatchFileSnapshot("../fixtures/cards/penguins.md");
});

it("shows the gates of each stage that decided, the newest decision's, with what they asked", () => {
  const asked = (stage: string, threshold: number, verdict: "pass" | "fail") =>
    decision({
      ...{ stage, outcome: verdict === "pass" ? "promoted" : "refused" },
      gates: [
        {
          ...{ gate: { metric: "accuracy", "at-least": threshold }, origin: "policy", verdict },
          ...{ expected: `at least ${threshold}`, found: "0.97" },
        },
      ],
    });
  const decisions = [
    asked("production", 0.99, "fail"),
    asked("staging", 0.5, "pass"),
    asked("production", 0.9, "pass"),
  ];
  const rollback = decision({ act: "rollback" });
  const facts = { record: RECORD, manifest: manifest(), lineage: LINEAGE, decisions: [...decisions, rollback] };
  const [, gates = ""] = /## Gates\n\n([\s\S]*?)\n\n/.exec(modelCard(facts)) ?? [];
  expect(
    gates
      .split("\n")
      .slice(2)
      .map((line) => line.replace(/^\|\s\S+\s/, "| "))
      .sort(),
  ).toEqual([
    "| pass<br>production | accuracy (floor) at least 0.9<br>0.97 |",
    "| pass<br>staging | accuracy (floor) at least 0.5<br>0.97 |",
  ]);
});

it("tells of what was imported that nobody measured it", () => {
  const imported = { act: "0".repeat(32), source: "s3://b/m", run_id: "r", metrics: { accuracy: 0.99 } };
  const card = modelCard({
    record: { ...RECORD, stages: {} },
    manifest: {
      ...manifest({ version: 3, task: "custom", imported }),
      evaluation: { ...evaluated().evaluation, metrics: {}, slices: [] },
    },
    lineage: {
      source: "s3://b/m",
      run: "r",
      artifact: { sha256: ARTIFACT.sha256, from: "imported" },
      data: {},
      replaced: [],
    },
    decisions: [],
  });
  expect(card).toContain("The platform measured none of this");
  expect(card).not.toContain("How it was judged");
});

it("escapes whatever anybody wrote", () => {
  const { evaluation, ...rest } = evaluated();
  const card = modelCard({
    record: { ...RECORD, display_name: HOSTILE.slice(0, 90) },
    manifest: {
      ...rest,
      description: HOSTILE,
      params: JSON.stringify({ note: HOSTILE }),
      registered_by: { name: HOSTILE, id: "x" },
      evaluation: { ...evaluation, slices: [{ slice: { island: HOSTILE }, rows: 12, metrics: {} }] },
      source: { ...rest.source, spec: HOSTILE },
    },
    metadata: { slipway: 1, model: "penguins", version: 3, tags: { team: HOSTILE }, updated_at: RECORD.updated_at },
    lineage: { ...LINEAGE, spec: HOSTILE, run: HOSTILE },
    decisions: [decision({ version: 3, reason: HOSTILE, requested_by: { name: HOSTILE, id: "x" } })],
  });
  const texts = card.split("\n").flatMap((line) => {
    if (line === "" || /^\|(?: :?--:? \|)+$/.test(line)) return [];
    return line.startsWith("| ") ? line.slice(2, -2).split(/ \| |<br>/) : [line.replace(/^#+ /, "")];
  });
  expect(texts.flatMap((each) => activeConstructs(each).map((construct) => `${construct}: ${each}`))).toEqual([]);
  expect(card.match(/^#.*/gm)?.map((heading) => heading.split(" ")[0])).toEqual(["#", ...Array(10).fill("##")]);
});
