import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KINDS, type RecordKind } from "../../core/registry/kinds.ts";
import {
  changeTags,
  formatTag,
  isTagged,
  parseTag,
  stageTag,
  type TagName,
  tagsFollowing,
  versionTag,
} from "../../core/registry/tags.ts";
import type { RolloutRecord } from "../../schemas/rollout.ts";
import { ADA, decision, manifest } from "./builders.ts";

const model = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9_-]{0,20}[A-Za-z0-9])?$/);
const stage = fc.stringMatching(/^[a-z0-9]([a-z0-9_-]{0,20}[a-z0-9])?$/);
const number = fc.integer({ min: 1, max: 10 ** 9 });
const removed = fc.constantFrom<{ removed?: true }>({}, { removed: true });
const tag: fc.Arbitrary<TagName> = fc.oneof(
  fc
    .tuple(model, number, removed)
    .map(([model, version, end]) => ({ kind: "version" as const, model, version, ...end })),
  fc
    .tuple(model, stage, number, removed)
    .map(([model, stage, assignment, end]) => ({ kind: "stage" as const, model, stage, assignment, ...end })),
  fc
    .tuple(model, stage, fc.stringMatching(/^[0-9a-f]{16,64}$/), fc.nat({ max: 10 ** 9 }))
    .map(([model, stage, decision, n]) => ({ kind: "rollout" as const, model, stage, decision, n })),
  model.map((model) => ({ kind: "deprecated" as const, model })),
);

it("reads back every tag that it writes", () => {
  fc.assert(
    fc.property(tag, (tag) => {
      expect(parseTag(formatTag(tag))).toEqual(tag);
    }),
  );
});

it("writes back every name that it reads", () => {
  const name = fc.stringMatching(/^[a-z.@#!v0-9-]{1,12}$/);
  fc.assert(
    fc.property(name, (name) => {
      const tag = parseTag(name);
      if (tag !== undefined) expect(formatTag(tag)).toBe(name);
    }),
  );
});

it.each([
  "penguins@v3",
  "penguins@3.0.0",
  "penguins@v03.0.0",
  "penguins@v0.0.0",
  "penguins@v3.0.1",
  "penguins@v3.0.0-rc1",
  "penguins@v3.0.0!!",
  "penguins@v99999999999999999999.0.0",
  "penguins#production",
  "penguins#production#0",
  "penguins#production#01",
  "penguins#production#1!",
  "penguins#Production#1",
  "penguins##1",
  "penguins#a#b#1",
  "penguins#production+0123456789abcdef",
  "penguins#production+0123456789abcdef-01",
  "penguins#production+0123456789ABCDEF-1",
  "penguins#production+0123456789abcdef-1!",
  "penguins#a+b+0123456789abcdef-1",
  "peng.uins@v3.0.0",
  "-penguins@v3.0.0",
  "team/penguins@v3.0.0",
  "penguins@created",
  "penguins@v3.0.0\n",
  "@v3.0.0",
  "v3.0.0",
  "",
])("does not take %j for a tag of the registry", (name) => {
  expect(parseTag(name)).toBeUndefined();
});

it("makes a version's tag from its manifest alone", () => {
  expect(versionTag(manifest({ version: 3, registered_at: "2026-02-01T00:00:00.123Z" }))).toEqual({
    name: "penguins@v3.0.0",
    message: "Registering artifact penguins version v3.0.0",
    record: "models/f9/penguins/versions/3.json",
    tagger: ADA,
    at: "2026-02-01T00:00:00Z",
    on: { model: "penguins", version: 3 },
  });
});

it("makes a stage's tag from its decision alone", () => {
  expect(stageTag(decision({ version: 2, assignment: 5 }))).toMatchObject({
    name: "penguins#production#5",
    message: "Assigning stage production to artifact penguins version v2.0.0",
    record: "models/f9/penguins/promotions/00000000000000aa.json",
    on: { model: "penguins", version: 2 },
  });
});

it("makes no tag for a refusal", () => {
  expect(stageTag(decision({ outcome: "refused" }))).toBeUndefined();
});

it("marks a model as deprecated after its stages were emptied: GTO goes by the last second", () => {
  const ends = [{ stage: "production", version: 2, decision: "a", unassigned: [{ version: 2, assignment: 3 }] }];
  const about = { slipway: 1, id: "0".repeat(32), act: "deprecate", model: "penguins", by: ADA, host: "cli" } as const;
  const change = { ...about, through: 2, marked: 2, at: "2026-02-01T00:00:00.123Z", tagged_at: "2026-02-01T00:00:00Z" };
  expect(changeTags({ ...change, ends }).map(({ name, at }) => [name, at])).toEqual([
    ["penguins#production!#3", "2026-02-01T00:00:00Z"],
    ["penguins@deprecated", "2026-02-01T00:00:01Z"],
  ]);
  expect(changeTags(change)).toMatchObject([{ name: "penguins@deprecated", at: "2026-02-01T00:00:00Z" }]);
});

it("tells a tag's second and the true moment of every record that GTO reads a tag of", () => {
  const tagged = (Object.keys(KINDS) as RecordKind[]).filter(isTagged);
  expect(tagged).toEqual(["version", "decision", "rollout", "change"]);
  for (const kind of tagged) {
    expect(KINDS[kind].at, kind).toBeDefined();
    if (kind !== "rollout") expect(Object.keys(KINDS[kind].schema.shape), kind).toContain("tagged_at");
  }
});

describe("the tags of a rollout", () => {
  const rollout: RolloutRecord = {
    ...{ slipway: 1, decision: "00000000000000aa", n: 3, act: "advance", model: "penguins", stage: "production" },
    ...{ version: 2, step: 1, cause: "figures", reason: "its time is over", by: ADA, host: "cli" },
    at: "2026-02-01T00:00:00.123Z",
  };

  it("are made of its beginning and of each step alone, at their own second", () => {
    const about = { version: 2, decided_at: "2026-02-01T00:00:00.987Z", outcome: "rolling-out" } as const;
    const { assignment, tagged_at, ...began } = decision(about);
    expect(tagsFollowing("decision", began)).toMatchObject([
      {
        name: "penguins#production+00000000000000aa-0",
        message: "Beginning to roll out penguins version v2.0.0 to stage production",
        record: "models/f9/penguins/promotions/00000000000000aa.json",
        at: "2026-02-01T00:00:00Z",
        on: { model: "penguins", version: 2 },
      },
    ]);
    expect(tagsFollowing("rollout", rollout)).toEqual([
      {
        name: "penguins#production+00000000000000aa-3",
        message: "Rolling out penguins version v2.0.0 to stage production: step 2",
        record: "models/f9/penguins/rollouts/00000000000000aa-3.json",
        tagger: ADA,
        at: "2026-02-01T00:00:00Z",
        on: { model: "penguins", version: 2 },
      },
    ]);
  });

  it.each(["pause", "resume", "abort", "complete"] as const)("are made of no %s", (act) => {
    expect(tagsFollowing("rollout", { ...rollout, act })).toEqual([]);
  });
});
