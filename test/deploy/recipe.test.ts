import { expect, it } from "vitest";
import { dockerfile, recipe } from "../../core/deploy/recipe.ts";
import { manifest } from "../registry/builders.ts";

const packaged = { called: 'Ant"arctic\nRUN curl evil $birds', model: "Birds", manifest: manifest({ model: "Birds" }) };

it("a Dockerfile has nothing of what people call a model, which may be any text", () => {
  const text = dockerfile(packaged);
  expect(text).not.toContain("evil");
  expect(text).toContain('LABEL dev.slipway.version="Birds@1"');
});

it("a recipe's lines can be typed for a model whose name has spaces", () => {
  const text = recipe({ ...packaged, called: "Antarctic birds", store: undefined, secrets: [] });
  expect(text).toContain("docker build -t birds:1 .");
  expect(text).toContain("/v2/models/Antarctic%20birds\n");
  expect(text).toContain("deploy.<stage>.image: { Birds@1: ");
});
