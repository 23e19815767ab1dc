import fc from "fast-check";
import { expect, it } from "vitest";
import { buildReport } from "../../core/report/build-report.ts";
import type { Cell, Report, Section, TableColumn } from "../../core/report/report.ts";
import { toMarkdown } from "../../core/report/to-markdown.ts";
import { activeConstructs } from "./active-constructs.ts";
import { AGAINST_PRODUCTION, runResult } from "./run-result.ts";

const GITHUB = 65_535;
const EMPTY: Report = { title: "m", verdict: { mark: "pass", text: "fine" }, notices: [], sections: [], footer: [] };
const rows = (count: number): Cell[][] => Array.from({ length: count }, (_, index) => [`row${index}`]);
const table = (title: string, count: number, folded: boolean): Section => ({
  title,
  folded,
  text: [],
  table: { columns: [{ title: "c", align: "left" }], rows: rows(count) },
});

it("begins with the verdict, as a symbol and in words", () => {
  const page = toMarkdown(buildReport({ run: runResult(), comparison: AGAINST_PRODUCTION }));
  expect(page.split("\n")[0]).toBe("### ✅ penguins: The gate passes (register)");
});

it("shows a table whose numbers stand to the right", () => {
  const section: Section = {
    title: "T",
    folded: false,
    text: [],
    table: {
      columns: [
        { title: "a", align: "left" },
        { title: "b", align: "right" },
      ],
      rows: [[{ mark: "worse", text: "worse" }, "1|2"]],
    },
  };
  expect(toMarkdown({ ...EMPTY, sections: [section] })).toContain(
    "#### T\n\n| a | b |\n| :-- | --: |\n| ▼\u00a0worse | 1&#124;2 |\n",
  );
});

it("shows cells in the one before them where a page would be too wide, and their titles above each other", () => {
  const columns: TableColumn[] = [
    { title: "Gate", align: "left" },
    { title: "Expected", align: "left", joins: "space" },
    { title: "Found", align: "left", joins: "line" },
    { title: "n", align: "right" },
  ];
  const section = { title: "T", folded: false, text: [], table: { columns, rows: [["auc", "<b>", "0.8|9", "3"]] } };
  expect(toMarkdown({ ...EMPTY, sections: [section] })).toContain(
    "| Gate<br>Found | n |\n| :-- | --: |\n| auc &lt;b&gt;<br>0.8&#124;9 | 3 |\n",
  );
});

it("folds details", () => {
  const page = toMarkdown({ ...EMPTY, sections: [{ title: "D", folded: true, text: ["x"] }] });
  expect(page).toContain("<details><summary>D</summary>\n\nx\n\n</details>");
});

it("shows the charts that there are, and no address that is not a page or a path", () => {
  const charts = {
    roc: "charts/roc 1.svg",
    calibration: "javascript:alert(1)",
    residuals: 'https://x.example/"y".svg',
  };
  const page = toMarkdown(EMPTY, {
    charts: (name) => (name in charts ? charts[name as keyof typeof charts] : undefined),
  });
  expect(page.match(/src="[^"]*"/g)).toEqual(['src="charts/roc%201.svg"', 'src="https://x.example/%22y%22.svg"']);
});

it("says how many rows of a long table it leaves out", () => {
  expect(toMarkdown({ ...EMPTY, sections: [table("T", 130, false)] })).toContain("… and 30 more rows left out.");
});

it("shortens and leaves out folded details before what a reviewer needs, and says so", () => {
  const sections = [table("Gates", 50, false), table("Details", 100, true)];
  const whole = toMarkdown({ ...EMPTY, sections }).length;
  const shorter = toMarkdown({ ...EMPTY, sections }, { limit: whole - 1 });
  expect(shorter).toContain("more rows left out");
  expect(shorter).toContain("row49");
  const shortest = toMarkdown(
    { ...EMPTY, sections },
    { limit: toMarkdown({ ...EMPTY, sections: sections.slice(0, 1) }).length + 90 },
  );
  expect(shortest).toContain("Left out to stay within GitHub's limit: Details.");
  expect(shortest).toContain("row49");
});

it("keeps within GitHub's limit and keeps its verdict, however much there is to say", () => {
  const long = fc
    .constantFrom("$", "@a", "<script>", "| x", "漢字", "🐧")
    .chain((unit) => fc.integer({ min: 1, max: 3000 }).map((times) => unit.repeat(times)));
  const section = fc.record({
    title: long,
    folded: fc.boolean(),
    text: fc.array(long, { maxLength: 12 }),
    wide: fc.integer({ min: 1, max: 40 }),
    high: fc.integer({ min: 0, max: 3000 }),
    cell: long,
  });
  const report = fc.record({
    title: long,
    text: long,
    notices: fc.array(long, { maxLength: 12 }),
    sections: fc.array(section, { maxLength: 15 }),
    footer: fc.array(long, { maxLength: 4 }),
  });
  fc.assert(
    fc.property(report, ({ title, text, notices, sections, footer }) => {
      const page = toMarkdown({
        title,
        verdict: { mark: "fail", text },
        notices,
        footer,
        sections: sections.map(({ title, folded, text, wide, high, cell }) => ({
          title,
          folded,
          text,
          table: {
            columns: Array.from({ length: wide }, () => ({ title: cell, align: "left" as const })),
            rows: Array.from({ length: high }, () => Array.from({ length: wide }, () => cell)),
          },
        })),
      });
      expect(page.length).toBeLessThanOrEqual(GITHUB);
      expect(page.startsWith("### ❌ ")).toBe(true);
    }),
    { numRuns: 15 },
  );
});

it("lets nothing that a user wrote become anything but text, wherever it stands", () => {
  const nasty = "@octocat #1 [x](http://x) <b> `c` **d** | e\n# f\n- g $h$ :i: www.j.k \u202el";
  const run = runResult({
    model: nasty,
    outcome: "failed",
    problem: { code: "X", message: nasty, expected: nasty, found: nasty, hint: nasty },
    params: JSON.stringify({ [nasty]: nasty }),
    violations: [{ set: "test", column: nasty, check: "type", count: 1, rows: [nasty], expected: nasty, found: nasty }],
    steps: [{ step: "train", outcome: "failed", seconds: 1, detail: nasty }],
    gates: {
      [nasty]: [
        {
          gate: { metric: "a", class: nasty, slice: { [nasty]: nasty } },
          origin: "spec",
          verdict: "fail",
          expected: nasty,
          found: nasty,
        },
      ],
    },
  });
  const page = toMarkdown(buildReport({ run, notes: [nasty], reasons: [{ kind: "code", paths: [nasty] }] }));
  const ours =
    /^(?:### \S+ |#### |> |\| | \|$|<\/?details>.*|<summary>|<\/?sub>)|<\/sub>(?:<br>)?$|<details><summary>|<\/summary>/g;
  const words = page
    .split("\n")
    .filter((line) => !/^\|(?: :?--:? \|)+$/.test(line) && line !== ">")
    .flatMap((line) => line.replace(ours, "").split(/ \| |<br>/))
    .map((piece) => piece.replace(/^\| | \|$|^(?:❌|❔|✅|ℹ️|▲|▼|≈)[ \u00a0]/g, "").trim());
  expect(words.flatMap((word) => activeConstructs(word).map((construct) => `${construct}: ${word}`))).toEqual([]);
  expect(page.match(/octocat/g)?.length).toBeGreaterThan(15);
});
