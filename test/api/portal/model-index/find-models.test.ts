import { expect, it } from "vitest";
import { findModels, type Listing } from "../../../../api/portal/model-index/find-models.ts";
import type { IndexedModel } from "../../../../api/portal/model-index/open-index.ts";
import { NO_SETUP } from "../../../../api/portal/model-index/setup.ts";
import type { ModelRecord } from "../../../../schemas/model-record.ts";
import { ADA, NOW, WRITTEN } from "../../../registry/builders.ts";

const AT = { version: 1, assignment: 1, decision: "aa", at: NOW };

function model(name: string, about: Partial<ModelRecord> = {}, metrics: Record<string, number> = {}): IndexedModel {
  const record: ModelRecord = {
    ...{ slipway: 1, name, tags: {}, aliases: {}, stages: {}, latest_version: 1, created_at: NOW, updated_at: NOW },
    ...about,
  };
  const newest = {
    ...{ version: 1, registeredAt: NOW, registeredBy: "Ada", description: undefined, deciding: undefined },
    ...{ verdict: undefined, gates: 0, isImported: false, metrics: new Map(Object.entries(metrics)) },
  };
  return { model: { name, displayName: name, record, folder: name }, newest, waiting: [] };
}

const LISTING: Listing = {
  models: [
    model("adelie", { stages: { staging: AT, production: AT } }, { accuracy: 0.8 }),
    model("gentoo", { hold: { review: "a".repeat(32), by: ADA, at: NOW }, tags: { team: "ads" } }, { accuracy: 0.95 }),
    model("king", { latest_version: 7, updated_at: WRITTEN }),
  ],
  setup: { ...NO_SETUP, owner: ({ name }) => (name === "king" ? "@acme/ml" : undefined) },
  standings: {
    of: ({ name }) => (name === "adelie" ? { state: "alarmed", words: "version 1 is alarmed" } : undefined),
    pending: 0,
  },
};
const found = (filter: string, sort = "") => findModels(LISTING, filter, sort).map(({ model }) => model.name);

it.each([
  ["", ["adelie", "gentoo", "king"]],
  ["EN", ["gentoo"]],
  ["stage = 'staging'", ["adelie"]],
  ["stage != 'staging'", ["gentoo", "king"]],
  ["metrics.accuracy >= 0.95", ["gentoo"]],
  ["owner LIKE '@acme/%'", ["king"]],
  ["state = 'alarmed'", ["adelie"]],
  ["state = 'held'", ["gentoo"]],
  ["state IN ('live', 'held')", ["adelie", "gentoo"]],
  ["tags.team = 'ads'", ["gentoo"]],
  ["versions > 5", ["king"]],
  ["last_updated_timestamp > '2026-02-01'", ["king"]],
])("%s finds %j", (filter, names) => {
  expect(found(filter)).toEqual(names);
});

it.each([
  ["-name", ["king", "gentoo", "adelie"]],
  ["-accuracy", ["gentoo", "adelie", "king"]],
  ["accuracy", ["adelie", "gentoo", "king"]],
  ["owner", ["king", "adelie", "gentoo"]],
  ["-last_updated_timestamp", ["king", "adelie", "gentoo"]],
])("sorted by %s, what has no value stands last", (sort, names) => {
  expect(found("", sort)).toEqual(names);
});

it("the same search is made once, and again when more is known", () => {
  const first = findModels(LISTING, "stage = 'production'", "");
  expect(findModels(LISTING, "stage = 'production'", "")).toBe(first);
  const later = { ...LISTING, standings: { of: () => undefined, pending: 0 } };
  expect(findModels(later, "state = 'alarmed'", "")).toEqual([]);
});

it("a filter that cannot be read is refused with its code", () => {
  expect(() => found("metrics.accuracy > 'high'")).toThrow("Expected numeric value");
});
