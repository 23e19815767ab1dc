import { expect, it } from "vitest";
import { guessModel } from "../../core/new-model/guess-model.ts";
import type { TableColumn } from "../../core/new-model/profile-table.ts";

const ROWS = 1_000;
const column = (name: string, about: Partial<TableColumn> = {}): TableColumn => ({
  name,
  type: "double",
  nulls: 0,
  distinct: 500,
  ...about,
});
const guess = (...columns: TableColumn[]) => guessModel({ rows: ROWS, columns, nullTexts: [] });
const text = (name: string, distinct: number) => column(name, { type: "string", distinct });

it("predicts a column that is called as labels are", () => {
  expect(guess(text("species", 3), column("width"), column("length"))).toMatchObject({
    label: "species",
    task: "classification",
  });
});

it("predicts the last column otherwise", () => {
  expect(guess(column("a"), column("b"))).toMatchObject({ label: "b", task: "regression" });
});

it("takes whole numbers of few values for classes, and of many for numbers", () => {
  expect(guess(column("a"), column("y", { type: "long", distinct: 2 }))?.task).toBe("classification");
  expect(guess(column("a"), column("y", { type: "long", distinct: 200 }))?.task).toBe("regression");
});

it("a column that names each row is an id, and no label", () => {
  expect(guess(column("a"), column("y"), column("customer_id", { type: "long", distinct: ROWS }))).toMatchObject({
    id: "customer_id",
    label: "y",
  });
});

it("rows of one patient belong together", () => {
  expect(guess(column("a"), text("patient_id", 200), column("y"))).toMatchObject({
    group: "patient_id",
    time: undefined,
  });
});

it("rows in time are split by it", () => {
  const day = column("date", {
    type: "datetime",
    distinct: 300,
    min: "2024-01-01T00:00:00Z",
    max: "2024-12-01T00:00:00Z",
  });
  expect(guess(day, column("a"), column("y"))).toMatchObject({ time: "date" });
});

it("what a person chose counts, also that there is none", () => {
  const columns = [
    column("a", { type: "long", distinct: 4 }),
    column("y"),
    column("row_id", { type: "long", distinct: ROWS }),
  ];
  const chosen = guessModel({ rows: ROWS, columns, nullTexts: [] }, { label: "a", task: "regression", id: "" });
  expect(chosen).toMatchObject({ label: "a", task: "regression", id: undefined });
});

it("a table of nothing but texts has nothing to predict", () => {
  expect(guess(text("note", 900), text("name", ROWS))).toBeUndefined();
});
