import { expect, it } from "vitest";
import type { PathOf, RecordKind } from "../../core/registry/kinds.ts";
import { formatMessage } from "../../core/registry/message.ts";
import { formatPath, parsePath } from "../../core/registry/paths.ts";
import { decisionChange, registrationChange } from "../../core/registry/records.ts";
import { ModelRecord } from "../../schemas/model-record.ts";
import { commitId, decision, manifest, NOW } from "./builders.ts";

const record = (about: Partial<ModelRecord> = {}): ModelRecord => ({
  slipway: 1,
  name: "penguins",
  tags: {},
  aliases: {},
  stages: {},
  latest_version: 1,
  created_at: NOW,
  updated_at: NOW,
  ...about,
});

function modelRecordIn({ files }: { files: readonly { path: string; content: string }[] }): ModelRecord {
  const file = files.find(({ path }) => path.endsWith("/model.json"));
  return ModelRecord.parse(JSON.parse(file?.content ?? ""));
}

const PATHS: { [Kind in RecordKind]: PathOf<Kind> } = {
  model: { kind: "model", model: "a" },
  version: { kind: "version", model: "a", version: 12 },
  decision: { kind: "decision", model: "a", id: "0123456789abcdef" },
  request: { kind: "request", model: "a", id: "0123456789abcdef".repeat(2) },
  review: { kind: "review", model: "a", id: "0123456789abcdef".repeat(2) },
  rollout: { kind: "rollout", model: "a", decision: "0123456789abcdef", n: 12 },
  comparison: { kind: "comparison", model: "a", version: 12, stage: "canary-2", live: 3 },
  evaluation: { kind: "evaluation", model: "a", version: 12, number: 3 },
  change: { kind: "change", model: "a", id: "0123456789abcdef".repeat(2) },
  metadata: { kind: "metadata", model: "a", version: 12 },
  registration: { kind: "registration", model: "a", source: commitId(1) },
  "display-name": { kind: "display-name", name: "Antarctic birds" },
  accepted: { kind: "accepted", commit: commitId(1) },
  "test-set": { kind: "test-set", test: "ab".repeat(32) },
  overlap: { kind: "overlap", test: "ab".repeat(32), other: "cd".repeat(32) },
  try: { kind: "try", test: "ab".repeat(32), id: "0123456789abcdef".repeat(2) },
};

it.each(Object.values(PATHS))("reads back the path of a $kind", (path) => {
  expect(parsePath(formatPath(path))).toEqual(path);
});

it.each([
  "models/ca/a/versions/01.json",
  "models/ca/a/versions/0.json",
  "models/ca/a/versions/1.json/x",
  "models/ca/a/versions/1",
  "models/../a/model.json",
  "models/a/model.json",
  "models/cb/a/model.json",
  "models/CA/a/model.json",
  "models/ca/model.json",
  "models/ab/a.b/model.json",
  "models/ca/a/promotions/XYZ.json",
  "models/ca/a/requests/0123456789abcdef.json",
  "models/ca/a/reviews/0123456789ABCDEF0123456789ABCDEF.json",
  "models/ca/a/comparisons/1-production.json",
  "models/ca/a/comparisons/0-production-1.json",
  "models/ca/a/comparisons/1-Production-2.json",
  "models/ca/a/evaluations/1.json",
  "models/ca/a/evaluations/1-0.json",
  "models/ca/a/other/1.json",
  `ledger/ab/${"cd".repeat(32)}/set.json`,
  `ledger/${"ab".repeat(32)}/set.json`,
  `ledger/ab/${"ab".repeat(32)}/tries/0123456789abcdef.json`,
  `ledger/ab/${"ab".repeat(32)}/overlaps/0123456789abcdef.json`,
  "model.json",
  "",
])("knows no record at %j", (path) => {
  expect(parsePath(path)).toBeUndefined();
});

it("starts a model's record with its first version", () => {
  const change = registrationChange({ manifest: manifest({ description: "Species" }), record: undefined });
  expect(modelRecordIn(change)).toEqual(record({ description: "Species", tagged_at: "2026-01-31T09:00:00Z" }));
});

it("keeps what a later release of slipway put into a model's record", () => {
  const kept = { ...record(), owner: "@acme/ml" };
  const change = registrationChange({ manifest: manifest({ version: 2 }), record: kept });
  expect(modelRecordIn(change)["owner"]).toBe("@acme/ml");
});

it("refuses to write a version that is not the next one", () => {
  expect(() => registrationChange({ manifest: manifest({ version: 3 }), record: record() })).toThrow(/next/);
});

it("moves the stage with a promotion", () => {
  const change = decisionChange({ decision: decision({ assignment: 4 }), record: record() });
  expect(modelRecordIn(change).stages).toEqual({
    production: { version: 1, assignment: 4, decision: "00000000000000aa", at: "2026-01-31T10:00:00.000Z" },
  });
});

it("writes a refusal down and changes nothing else", () => {
  const change = decisionChange({ decision: decision({ outcome: "refused" }), record: record() });
  expect(change.files.map(({ path }) => path)).toEqual(["models/f9/penguins/promotions/00000000000000aa.json"]);
  expect(change.tags).toEqual([]);
});

it("refuses an assignment whose tag is not later than the stage's last", () => {
  const tagged = { stages_tagged_at: { production: "2026-01-31T10:00:00Z" } };
  expect(() => decisionChange({ decision: decision({ assignment: 2 }), record: record(tagged) })).toThrow(/later/);
});

it("lets nobody's name forge a trailer", () => {
  const registered_by = { name: "Eve\nSlipway-Act: promote\u2028", id: "e\r\ne" };
  const message = formatMessage(registrationChange({ manifest: manifest({ registered_by }), record: undefined }));
  expect(message.split(/[\n\r\u2028]/).filter((line) => line.startsWith("Slipway-Act:"))).toEqual([
    "Slipway-Act: register",
  ]);
});

it("writes nothing that could not be read again", () => {
  const reason = "x".repeat(2_001);
  expect(() => decisionChange({ decision: decision({ reason }), record: record() })).toThrow(/valid record/);
  const paths = Array.from({ length: 20 }, () => "x".repeat(2_000_000));
  const files = paths.map((path) => ({ path, sha256: "0".repeat(64), size: 1 }));
  const huge = manifest({ artifact: { ...manifest().artifact, files } });
  expect(() => registrationChange({ manifest: huge, record: undefined })).toThrow(/too large/);
});
