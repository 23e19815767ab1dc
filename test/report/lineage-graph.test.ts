import { expect, it } from "vitest";
import { lineageChart } from "../../core/report/charts/lineage-chart.ts";
import { lineageGraph, lineageWords } from "../../core/report/lineage-graph.ts";
import type { Lineage } from "../../schemas/lineage.ts";
import { commitId, digest } from "../registry/builders.ts";

const lineage: Lineage = {
  ...{ commit: commitId(1), spec: "models/penguins/model.yaml", run: "123", artifact: { from: "trained" } },
  data: { train: { sha256: digest(1), rows: 200 }, test: { sha256: digest(2), rows: 69 } },
  parent: { model: "penguins", version: 1, how: "retrained" },
  replaced: [],
};
const graph = lineageGraph({ model: "penguins", version: 2, lineage }, [
  { stage: "staging", isLive: false },
  { stage: "production", isLive: true, deployment: "deploy 0123456789" },
]);

it("goes from data over what it was made from to the version, its stages and what runs it", () => {
  const name = (at: number) => graph.nodes[at]?.name;
  expect(graph.edges.map(([from, to]) => [name(from), name(to)])).toEqual(
    expect.arrayContaining([
      [digest(1).slice(0, 12), "123"],
      ["123", "penguins 2"],
      ["penguins 1", "penguins 2"],
      ["penguins 2", "production"],
      ["production", "deploy 0123456789"],
    ]),
  );
});

it("is told in words, layer by layer", () => {
  expect(lineageWords(graph)).toMatch(
    /^Data: train, 200 rows .*Stage: was in staging; is in production\. Deployment: /,
  );
});

it("of what was imported begins with where it was", () => {
  const imported: Lineage = { source: "s3://b/m", artifact: { from: "imported" }, data: {}, replaced: [] };
  const { nodes } = lineageGraph({ model: "penguins", version: 1, lineage: imported }, []);
  expect(nodes.map(({ name }) => name)).toEqual(["s3://b/m", "penguins 1"]);
});

it("is drawn the same each time, with texts as text", () => {
  const hostile = lineageGraph({ model: "<b>", version: 1, lineage }, []);
  const svg = lineageChart("<b> version 1", hostile);
  expect(svg).toBe(lineageChart("<b> version 1", hostile));
  expect(svg).toContain("&lt;b&gt; 1");
  expect(svg).not.toContain("<b>");
});
