import { expect, it } from "vitest";
import { type LabelledWindow, labelDelay } from "../../core/drift/label-delay.ts";

const DAY = 86_400_000;

function day(at: number, rows: number, labelled?: number): LabelledWindow {
  const moment = (days: number) => new Date(days * DAY).toISOString();
  const window = { from: moment(at), to: moment(at + 1) };
  return { window, traffic: { rows }, ...(labelled === undefined ? {} : { performance: { labelled } }) };
}

const at = new Date(10 * DAY).toISOString();

it("is what passed since the newest window of whose rows half have labels", () => {
  expect(labelDelay([day(3, 100, 50), day(4, 100, 49), day(5, 100)], at, DAY)).toBe(6 * DAY);
});

it("is a window where no label ever came", () => {
  expect(labelDelay([day(3, 100)], at, DAY)).toBe(DAY);
});

it("is a window at least, however fast labels come", () => {
  expect(labelDelay([day(9, 100, 100)], at, DAY)).toBe(DAY);
});

it("counts no window without requests", () => {
  expect(labelDelay([day(2, 100, 100), day(8, 0, 0)], at, DAY)).toBe(7 * DAY);
});

it("is ninety days at most: labels that stay away are not waited for", () => {
  expect(labelDelay([day(3, 100, 100)], new Date(500 * DAY).toISOString(), DAY)).toBe(90 * DAY);
});
