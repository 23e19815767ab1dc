import { expect, it } from "vitest";
import { linePrefixer } from "../../core/pipeline/line-prefix.ts";
import { runMany } from "../../core/pipeline/run-many.ts";
import { arrangeModel } from "./model.ts";

it("gives results in the order asked, and one that fails stops no other", async () => {
  const { deps, request } = await arrangeModel();
  const bad = { train: { run: "exit 3" } };
  const results = await runMany(deps, [request({}, bad), request(), request({}, bad)], { jobs: 2 });
  expect(results.map((result) => result.outcome)).toEqual(["failed", "succeeded", "failed"]);
});

it("tells the models' output apart, line by line", async () => {
  const { deps, request } = await arrangeModel();
  const named = (name: string) => {
    const asked = request();
    return { ...asked, model: { ...asked.model, name } };
  };
  let output = "";
  await runMany(deps, [named("a"), named("b")], {
    jobs: 2,
    onOutput: (text) => {
      output += text;
    },
  });
  expect(output.trim().split("\n").sort()).toEqual(["a │ trained on 100 rows", "b │ trained on 100 rows"]);
});

it("joins the pieces of a line, and cuts one that does not end", () => {
  let output = "";
  const { write, end } = linePrefixer("m │ ", (text) => {
    output += text;
  });
  write("one\ntw");
  write("o\n");
  write("x".repeat(20_000));
  end();
  expect(output).toBe(`m │ one\nm │ two\nm │ ${"x".repeat(16_384)}\nm │ ${"x".repeat(20_000 - 16_384)}\n`);
});
