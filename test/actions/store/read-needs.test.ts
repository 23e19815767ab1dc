import { expect, it } from "vitest";
import { readNeeds } from "../../../actions/store/read-needs.ts";

const RECORD = "a".repeat(64);

it("reads how each stage's job ended, and what it handed over", () => {
  const text = JSON.stringify({
    validate: { result: "success", outputs: { record: RECORD, baseline: "true" } },
    train: { result: "failure", outputs: { record: RECORD } },
    predict: { result: "skipped", outputs: {} },
    "own-metrics": { result: "cancelled" },
    another: { result: "success", outputs: { record: RECORD } },
  });
  expect(readNeeds(text)).toEqual({
    validate: { result: "success", record: RECORD },
    train: { result: "failure", record: RECORD },
    predict: { result: "skipped", record: undefined },
    "own-metrics": { result: "cancelled", record: undefined },
  });
});

it("takes no record that is no digest", () => {
  const text = JSON.stringify({ score: { result: "success", outputs: { record: "../../etc" } } });
  expect(readNeeds(text)).toEqual({ score: { result: "success", record: undefined } });
});

it.each(["", "nothing", '{"score":{"result":"fine"}}', '{"score":1}'])("refuses %j", (text) => {
  expect(() => readNeeds(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
});
