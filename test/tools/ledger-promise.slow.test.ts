import { describe, expect, it } from "vitest";
import { isOverPromise, LEDGER, LEDGER_TASKS, simulate } from "../../tools/coverage/ledger.ts";
import { throughActs } from "../../tools/coverage/ledger-acts.ts";

const cells = LEDGER_TASKS.filter(({ n }) => n === 300).map(({ at, n }) => simulate(at, n, { families: 100, seed: 7 }));

describe("fifty tries on one test set of 300 rows, none better than what is live", () => {
  it.each(cells.filter(({ promised }) => promised))("$rule, whose authors $authors: keeps its promise", (cell) => {
    expect(isOverPromise(cell)).toBe(false);
  });

  it("fools a plain 95 % interval more often than not", () => {
    const plain = cells.find(({ rule }) => rule.includes("interval"));
    expect(plain?.fooled).toBeGreaterThan(50 / 2);
  });

  it("fools even the ledger where authors look at the rows that decide", () => {
    expect(cells.at(-1)?.fooled).toBeGreaterThan(90);
  });
});

it("decides through the acts as the simulation does", async () => {
  const options = { families: 1, tries: 4, n: 300, seed: 3 };
  const found = await throughActs(options, (meeting, at, isBetter) => LEDGER(meeting, at + 1, isBetter));
  expect(found).toMatchObject({ decisions: 4, different: 0 });
});
