import { expect, it } from "vitest";
import { checkReports, type ReportStore, signReport, storedReports } from "../../core/acts/rollout-reports.ts";
import { publicKeyLine } from "../../core/git/ssh/public-key.ts";
import { figuresOf, sumFigures } from "../../core/rollout/figures.ts";
import type { RolloutReport, RolloutState } from "../../schemas/rollout.ts";
import { keyInMemory } from "../git/ssh/keys.ts";

const SINCE = "2026-03-01T09:00:00.000Z";
const NOW = "2026-03-01T10:00:00.000Z";
const [reporter, stranger] = [keyInMemory(), keyInMemory()];
const KEY = publicKeyLine(reporter.publicKey);
const state: RolloutState = { version: 2, decision: "d".repeat(32), n: 1, step: 1, since: SINCE };
const rolling = { model: "penguins", stage: "production", state };
const FIGURES = sumFigures([figuresOf({ ms: 5, failed: false }), figuresOf({ ms: 9, failed: true })]);

const report = (about: Partial<RolloutReport> = {}): RolloutReport => ({
  ...{ slipway: 1, model: "penguins", stage: "production", version: 2, decision: state.decision, step: 1 },
  ...{ replica: "a".repeat(16), since: SINCE, until: NOW, figures: FIGURES },
  ...about,
});
const signed = (about?: Partial<RolloutReport>, key = reporter) => signReport(report(about), key);

it("sums what the replicas counted, and names each report by its digest", () => {
  const other = signed({ replica: "b".repeat(16), until: "2026-03-01T09:30:00.000Z" });
  const { evidence, refused } = checkReports([signed(), other], rolling, KEY, NOW);
  expect(refused).toEqual([]);
  expect(evidence).toMatchObject({ figures: { requests: 4, errors: 2 }, until: NOW });
  expect(evidence?.reports).toHaveLength(2);
});

it("reaches up to where every replica counted that reports still: another report may be on its way", () => {
  const other = signed({ replica: "b".repeat(16), until: "2026-03-01T09:59:30.000Z" });
  const { evidence } = checkReports([signed(), other], rolling, KEY, NOW);
  expect(evidence?.until).toBe("2026-03-01T09:59:30.000Z");
});

it("counts a replica's latest report alone, whatever was handed in again", () => {
  const early = signed({ until: "2026-03-01T09:10:00.000Z", figures: figuresOf({ ms: 5, failed: true }) });
  const { evidence } = checkReports([signed(), early, signed(), early], rolling, KEY, NOW);
  expect(evidence?.figures.requests).toBe(2);
});

it.each<[string, Buffer, RegExp]>([
  ["that somebody else signed", signed({}, stranger), /signed by SHA256:/],
  ["that was changed", Buffer.from(signed().toString().replace('"errors": 1', '"errors": 0')), /does not match/],
  ["of another rollout", signed({ decision: "e".repeat(32) }), /of rollout e/],
  ["of the step before", signed({ step: 0 }), /of step 1, not of step 2/],
  ["of another version", signed({ version: 3 }), /version 3/],
  ["of another model", signed({ model: "birds" }), /birds/],
  ["of another stage", signed({ stage: "staging" }), /staging/],
  ["of a moment to come", signed({ until: "2026-03-01T10:06:00.000Z" }), /to come/],
  [
    "of before the step",
    signed({ since: "2026-03-01T08:00:00.000Z", until: "2026-03-01T08:59:00.000Z" }),
    /before it begins/,
  ],
  ["with more errors than requests", signed({ figures: { ...FIGURES, errors: 3 } }), /cannot be/],
  ["with a request that took no time", signed({ figures: { ...FIGURES, requests: 3 } }), /cannot be/],
  ["that is none", Buffer.from("{}"), /no signed report/],
  ["that is no JSON", Buffer.from("{"), /no signed report/],
  ["that is too long", Buffer.alloc(200_000, "a"), /bytes/],
])("refuses a report %s", (_, bytes, why) => {
  const { evidence, refused } = checkReports([bytes], rolling, KEY, NOW);
  expect(evidence).toBeUndefined();
  expect(refused).toEqual([expect.stringMatching(why)]);
});

it("asks a store for one report after another, and for none that is too long: whoever writes there fills no memory", async () => {
  const asked: (number | undefined)[] = [];
  let under = 0;
  const store: ReportStore = {
    list: async (prefix) => ["a", "b", "c"].map((name) => `${prefix}${name}.json`),
    get: async (_, { most } = {}) => {
      under += 1;
      asked.push(under, most);
      await Promise.resolve();
      under -= 1;
      return signed();
    },
  };
  expect(await storedReports(store, rolling)).toHaveLength(3);
  expect(asked).toEqual([1, 131_072, 1, 131_072, 1, 131_072]);
});
