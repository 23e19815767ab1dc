import { expect, it } from "vitest";
import {
  formatRetrainMessage,
  parseRetrainBranch,
  parseRetrainMessage,
  retrainBranch,
} from "../../core/acts/retrain-message.ts";
import { parseRetrainMark, retrainMark } from "../../core/report/retrain-text.ts";

const pins = "c".repeat(64);

it.each([
  { model: "rain", pins },
  { model: "a_b-9", pins: undefined },
])("reads what it wrote: %o", (message) => {
  expect(parseRetrainMessage(`${formatRetrainMessage(message, ["+ file:///a.csv: new"])}\n`)).toEqual(message);
});

it("takes no commit for its own whose last line is another one", () => {
  expect(parseRetrainMessage(`${formatRetrainMessage({ model: "rain", pins })}\nSigned-off-by: Eve`)).toBeUndefined();
});

it("reads its branch, and no other", () => {
  expect(parseRetrainBranch(retrainBranch("rain"))).toBe("rain");
  for (const other of ["slipway/retrain-", "slipway/retrain-a/b", "x/slipway/retrain-a", "slipway/retrain-a-"])
    expect(parseRetrainBranch(other)).toBeUndefined();
});

it("reads the pins that a pull request was opened for from the end of its body alone", () => {
  expect(parseRetrainMark(`words\n\n${retrainMark({ model: "rain", pins })}`)).toEqual({ model: "rain", pins });
  expect(parseRetrainMark(`${retrainMark({ model: "rain", pins })} and more`)).toBeUndefined();
});
