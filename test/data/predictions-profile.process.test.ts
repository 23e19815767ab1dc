import { join } from "node:path";
import { expect, it } from "vitest";
import { joinPredictions } from "../../core/data/join.ts";
import { profilePredictions } from "../../core/data/predictions-profile.ts";
import { DataProfile } from "../../schemas/data-record.ts";
import { prepare, temporaryFolder, write } from "./setting.ts";

const lines = (header: string, rows: readonly string[]) => `${[header, ...rows].join("\n")}\n`;

async function profileOf(labels: readonly string[], header: string, out: readonly string[], rest = {}) {
  const test = {
    "t.csv": lines(
      "x,y",
      labels.map((label, n) => `${n},${label}`),
    ),
  };
  const prepared = await prepare(test, { train: "t.csv", test: "t.csv", label: "y" }, rest);
  await write(prepared.folder, {
    "p.csv": lines(
      `slipway_id,${header}`,
      out.map((row, n) => `${n + 1},${row}`),
    ),
  });
  const predictions = join(prepared.folder, "p.csv");
  const { stored } = await joinPredictions({ prepared, spec: prepared.spec, predictions, scores: {} });
  return DataProfile.parse(await profilePredictions({ file: stored, work: await temporaryFolder() }));
}

it("profiles classes by their counts, and each class's probability by cuts", async () => {
  const { rows, columns } = await profileOf(["no", "yes", "no", "yes"], "prediction,proba_no,proba_yes", [
    "no,0.75,0.25",
    "no,0.75,0.25",
    "no,0.5,0.5",
    "yes,0.25,0.75",
  ]);
  expect(rows).toBe(4);
  expect(Object.keys(columns)).toEqual(["prediction", "proba_no", "proba_yes"]);
  expect(columns["prediction"]).toMatchObject({
    distinct: 2,
    top: [
      { value: "no", count: 3 },
      { value: "yes", count: 1 },
    ],
    other: 0,
  });
  expect(columns["proba_yes"]).toMatchObject({ cuts: [0.25, 0.5, 0.75], counts: [2, 1, 1, 0] });
});

it("profiles predicted numbers by cuts", async () => {
  const { columns } = await profileOf(["1", "2", "3"], "prediction", ["1.5", "2.5", "2.5"], {
    task: "regression",
    metrics: { mae: { metric: "mean_absolute_error" } },
  });
  expect(columns["prediction"]).toMatchObject({ type: "double", cuts: [1.5, 2.5], counts: [1, 2, 0] });
});
