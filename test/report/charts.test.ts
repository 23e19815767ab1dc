import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparisonChart } from "../../core/report/charts/comparison-chart.ts";
import { confusionMatrixChart } from "../../core/report/charts/confusion-matrix-chart.ts";
import { calibrationChart, precisionRecallChart, rocChart } from "../../core/report/charts/curve-charts.ts";
import { metricTrendChart } from "../../core/report/charts/metric-trend-chart.ts";
import { barChart, driftChart, volumeChart } from "../../core/report/charts/monitor-charts.ts";
import { DARK, LIGHT, SERIES } from "../../core/report/charts/palette.ts";
import { residualHistogramChart, residualsChart } from "../../core/report/charts/residual-charts.ts";
import { trainingCurvesChart } from "../../core/report/charts/training-curves-chart.ts";
import { ACCURACY, driftTest, hits, look } from "../drift/builders.ts";
import { NO_PRODUCTION, pair } from "../gates/evidence.ts";
import { AGAINST_PRODUCTION } from "./run-result.ts";

const columns = (count: number) => {
  const x = Array.from({ length: count }, (_, index) => index / count);
  return { x, y: x.map(Math.sqrt) };
};
const curves = (names: readonly string[], count = 20) => names.map((name) => ({ name, ...columns(count) }));
const predicted = (count: number) => ({ truth: columns(count).x, predicted: columns(count).y });
const matrix = (labels: readonly string[]) => ({
  labels,
  values: labels.map((_, row) => labels.map((_, column) => (row === column ? 40 + row : (row + column) % 3))),
});
const compared = (names: readonly string[]) => ({
  ...AGAINST_PRODUCTION,
  metrics: Object.fromEntries(names.map((name, index) => [name, pair(1 + index / 100, 1.1)])),
});

const looks = (names: readonly string[], count: number) =>
  Array.from({ length: count }, (_, n) =>
    look(n, { tests: names.map((column) => driftTest({ column, effect: n / 100 })), performance: hits(150 + n, 400) }),
  );

const trend = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const value = Math.sqrt(n);
    return { version: n + 1, value, low: value - 0.1, high: value + 0.1, isLive: n === 2 };
  });

/** Each chart from names that users chose, and a number of points. */
const CHARTS: [string, (names: readonly string[], count: number) => string][] = [
  ["confusion matrix", (names) => confusionMatrixChart(matrix(names))],
  ["ROC", (names, count) => rocChart(curves(names, count))],
  ["precision and recall", (names, count) => precisionRecallChart(curves(names, count))],
  ["calibration", (names, count) => calibrationChart(curves(names, count))],
  ["residuals", (_, count) => residualsChart(predicted(count))],
  ["histogram of residuals", (_, count) => residualHistogramChart(predicted(count))],
  ["training curves", (names, count) => trainingCurvesChart(curves(names, count))],
  ["comparison", (names) => comparisonChart(compared(names))],
  ["drift", (names, count) => driftChart(looks(names, count))],
  ["a bar", (_, count) => barChart(looks([], count), ACCURACY)],
  ["a metric's trend", (names, count) => metricTrendChart(names[0] ?? "accuracy", trend(count), true)],
  ["volume", (_, count) => volumeChart(looks([], count))],
];

/** The texts that a reader sees, and whether tags nest: a small reader of XML, enough for what we write. */
function read(svg: string): { tags: Set<string>; attributes: Set<string>; texts: string[] } {
  const tags = new Set<string>();
  const attributes = new Set<string>();
  const texts: string[] = [];
  const open: string[] = [];
  const plain = svg.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, "");
  for (const [whole, close, name = "", rest = "", text] of plain.matchAll(/<(\/?)([\w:]+)([^<>]*)>|([^<>]+)|[<>]/g)) {
    if (text !== undefined) texts.push(text.trim());
    else if (name === "") throw new Error(`stray ${whole}`);
    else if (close === "/") expect(open.pop()).toBe(name);
    else {
      tags.add(name);
      for (const [, attribute = ""] of rest.matchAll(/([\w:-]+)="[^"]*"/g)) attributes.add(attribute);
      if (!rest.endsWith("/")) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return { tags, attributes, texts: texts.filter((each) => each !== "") };
}

describe.each(CHARTS)("the chart: %s", (_, draw) => {
  const names = ["Adelie", "Gentoo"];

  it("is the same bytes for the same data, whatever was drawn before", () => {
    const first = draw(names, 20);
    rocChart(curves(["x"]));
    expect(draw(names, 20)).toBe(first);
  });

  it("says in words what it shows", () => {
    expect(draw(names, 20)).toMatch(/^<svg [^>]*role="img" aria-label="[^"]+"><title>[^<]+<\/title>/);
  });

  it("holds nothing that runs, and nothing from elsewhere", () => {
    const { tags, attributes } = read(draw(names, 20));
    expect(
      [...tags].filter(
        (tag) => !/^(svg|title|style|rect|path|g|text|defs|clipPath|tspan|circle|line|polygon|polyline)$/.test(tag),
      ),
    ).toEqual([]);
    expect([...attributes].filter((attribute) => /^on|href|src/.test(attribute))).toEqual([]);
    expect(draw(names, 20)).not.toMatch(/url\((?!#)|@import|https?:\/\/(?!www\.w3\.org\/)/);
  });

  it("uses colours that both themes know, besides a cell's own two", () => {
    const colours = [...draw(names, 20).matchAll(/(?:fill|stroke)="(#[0-9a-f]+)"/gi)].map(([, colour]) => colour);
    const known: string[] = [...Object.values(LIGHT), "#0b6aa8", "#fefefe", "#000"];
    expect(colours.filter((colour) => !known.includes(colour ?? ""))).toEqual([]);
  });

  it("keeps text as text, whatever it is", () => {
    const nasty = [
      "</text><script>alert(1)</script>",
      '"><img src=x onerror=y>',
      "a\u0000\u202eb",
      "]]>",
      "&amp;",
      "{b}",
      "{a|x}",
    ];
    const { tags } = read(draw(nasty, 20));
    expect(tags.has("script") || tags.has("img")).toBe(false);
    expect([..."\u0000\u202e"].filter((hidden) => draw(nasty, 20).includes(hidden))).toEqual([]);
  });

  it("stays under 200 kB, however much there is", () => {
    const many = Array.from({ length: 60 }, (_, index) => `a class with a rather long name, number ${index}`);
    expect(draw(many, 5_000).length).toBeLessThan(200_000);
  });

  it("is drawn even where there is nothing to show", () => {
    read(draw([], 0));
    read(draw(["x"], 1));
  });
});

it("shows classes and counts of a confusion matrix, true classes from top to bottom", () => {
  const { texts } = read(
    confusionMatrixChart({
      labels: ["no", "yes"],
      values: [
        [50, 7],
        [3, 41],
      ],
    }),
  );
  expect(texts).toEqual(expect.arrayContaining(["no", "yes", "50", "7", "3", "41", "Predicted class", "True class"]));
});

it("puts the smaller of many classes together, and loses no row", () => {
  const labels = Array.from({ length: 25 }, (_, index) => `c${index}`);
  const values = labels.map((_, row) => labels.map((_, column) => (row === column ? row + 1 : 0)));
  const { texts } = read(confusionMatrixChart({ labels, values }));
  expect(texts).toContain("6 others");
  expect(texts).toContain("21");
  expect(texts).not.toContain("c5");
});

it("counts how far predictions are off, to the right where they are too high", () => {
  const { texts } = read(residualHistogramChart({ truth: [0, 0, 0], predicted: [9.96, 10, -4] }));
  expect(texts).toEqual(expect.arrayContaining(["9 to 10", "-10 to -9"]));
});

it("draws what is better to the right, for errors too", () => {
  const rmse = (candidate: number) =>
    comparisonChart({ ...AGAINST_PRODUCTION, metrics: { rmse: pair(candidate, 10, { greater_is_better: false }) } });
  expect(rmse(9)).toContain(`fill="${LIGHT.first}"`);
  expect(rmse(11)).toContain(`fill="${LIGHT.second}"`);
});

it("draws no comparison where there was none", () => {
  expect(read(comparisonChart(NO_PRODUCTION)).texts).toContain("Candidate against production");
});

it("puts curves of the same quantity on one scale, and others below", () => {
  const { texts } = read(trainingCurvesChart(curves(["train_loss", "val_loss", "train_accuracy"])));
  expect(texts.filter((text) => text === "Step")).toHaveLength(2);
  expect(texts).toEqual(expect.arrayContaining(["loss", "accuracy"]));
});

it("takes any numbers without breaking", () => {
  const number = fc.oneof(fc.double(), fc.double({ min: -1e9, max: 1e9 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { maxLength: 20 }), (all) => {
      const [x, y] = [all.map(([first]) => first), all.map(([, second]) => second)];
      const curve = [{ name: "loss", x, y }];
      const residuals = { truth: x, predicted: y };
      const drawn = [
        residualsChart(residuals),
        residualHistogramChart(residuals),
        trainingCurvesChart(curve),
        rocChart(curve),
      ];
      for (const svg of drawn) expect(svg).not.toMatch(/NaN|Infinity/);
    }),
    { numRuns: 15 },
  );
});

describe("the colours", () => {
  const contrast = (a: string, b: string) => {
    const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };

  it.each([LIGHT, DARK])("are read on their background: text at 4.5 to 1, shapes at 3 to 1 (WCAG 2.2)", (theme) => {
    const roles = Object.keys(LIGHT).filter(
      (role) => role !== "background" && role !== "grid" && !role.startsWith("level"),
    ) as (keyof typeof LIGHT)[];
    const weak = roles.filter(
      (role) => contrast(theme[role], theme.background) < (role === "text" || role === "muted" ? 4.5 : 3),
    );
    expect(weak).toEqual([]);
  });

  it.each([LIGHT, DARK])("of levels let a mark on them be seen", (theme) => {
    const levels = Object.keys(LIGHT).filter((role) => role.startsWith("level")) as (keyof typeof LIGHT)[];
    expect(levels.filter((role) => contrast(theme[role], theme.text) < 3)).toEqual([]);
  });

  it("are each one role's alone, so that the dark theme can find it", () => {
    expect(new Set(Object.values(LIGHT)).size).toBe(Object.keys(LIGHT).length);
    expect(SERIES).toHaveLength(6);
  });
});

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
