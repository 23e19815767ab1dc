import type { WrongRow } from "../../schemas/wrong-row.ts";
import { measured } from "./metric-words.ts";
import { left, type Report, right } from "./report.ts";
import { counted } from "./verdict-words.ts";

/** The test rows that a version got wrong: `slipway errors`. Columns that no row has are left out. */
export function errorsReport({
  model,
  version,
  rows,
  wrong,
  errors,
}: {
  model: string;
  version: number;
  rows: number;
  wrong: number;
  errors: readonly WrongRow[];
}): Report {
  const number = (value: number | undefined) => (value === undefined ? "–" : measured(value));
  const all = [
    { column: right("Row"), has: "row", cell: ({ row }: WrongRow) => String(row) },
    { column: left("Id"), has: "id", cell: ({ id }: WrongRow) => id ?? "–" },
    { column: left("Label"), has: "label", cell: ({ label }: WrongRow) => String(label ?? "–") },
    { column: left("Prediction"), has: "prediction", cell: ({ prediction }: WrongRow) => String(prediction ?? "–") },
    { column: right("Residual"), has: "residual", cell: ({ residual }: WrongRow) => number(residual) },
    { column: right("Probability"), has: "probability", cell: ({ probability }: WrongRow) => number(probability) },
  ] as const;
  const shown = all.filter(({ has }) => errors.some((row) => row[has] !== undefined));
  const table = {
    columns: shown.map(({ column }) => column),
    rows: errors.map((row) => shown.map(({ cell }) => cell(row))),
  };
  return {
    title: `${model} version ${version}`,
    verdict: { mark: "note", text: `${wrong} of ${counted(rows, "test row")} wrong` },
    notices: wrong > errors.length ? [`The first ${errors.length} are shown; --limit shows more.`] : [],
    sections: errors.length === 0 ? [] : [{ title: "Wrong rows", folded: false, text: [], table }],
    footer: [],
  };
}
