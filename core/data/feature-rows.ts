import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import type { DuckDBValue } from "@duckdb/node-api";
import type { Signature } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { SlipwayError } from "../errors.ts";
import { Database } from "./database.ts";
import { importFiles } from "./source.ts";
import { isoText } from "./test-rows.ts";
import { reading } from "./types.ts";

type Cell = string | number | boolean | null;

/** Rows of a features file as a request has them, in the file's order, with what names each in the file. */
export interface FeatureRows {
  ids: Cell[];
  rows: Record<string, Cell>[];
}

/** Values that are in memory at once. */
const AT_ONCE = 200_000;

/**
 * Reads what a predict program is given (SLIPWAY_FEATURES) as rows of a request: the signature's columns in their types, some
 * thousands of rows at a time. Rejects with UNSUPPORTED for whole numbers that JSON's readers do not hold exactly.
 */
export async function* featureRows(request: {
  file: string;
  spec: ModelSpec;
  inputs: Signature["inputs"];
  /** An existing folder of its own. */
  work: string;
  signal?: AbortSignal | undefined;
}): AsyncGenerator<FeatureRows> {
  const { spec, inputs, work, signal } = request;
  const file = await realpath(request.file);
  const name = basename(file);
  const db = await Database.open({ folder: work, read: [file], write: [work], signal });
  try {
    const raw = await importFiles(db, "features", [{ path: name, name, file }]);
    const named = (wanted: string) => {
      const found = raw.columns.find((column) => column.name === wanted);
      if (found === undefined) throw new TypeError(`the features have no column ${wanted}`);
      return found;
    };
    const nulls = spec.data["null-values"] ?? [];
    const id = named("slipway_id");
    const select = inputs.map((input) => {
      const { value } = reading(named(input.name), input.type, nulls);
      return input.type === "datetime" ? isoText(value) : value;
    });
    const page = Math.max(1, Math.floor(AT_ONCE / (inputs.length + 1)));
    for (let from = 0; from < raw.rows; from += page) {
      const [ids = [], ...columns] = await db.columns(
        `SELECT ${[id.raw, ...select].join(", ")} FROM features WHERE rowid >= ${from} AND rowid < ${from + page} ORDER BY rowid`,
      );
      yield {
        ids: ids.map((value) => (typeof value === "bigint" ? String(value) : (value as Cell))),
        rows: ids.map((_, at) =>
          Object.fromEntries(
            inputs.map((input, index) => [input.name, scalar(columns[index]?.[at] ?? null, input.name)]),
          ),
        ),
      };
    }
  } finally {
    await db.close();
  }
}

function scalar(value: DuckDBValue, column: string): Cell {
  if (typeof value !== "bigint") return value as Cell;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new SlipwayError(
    "UNSUPPORTED",
    `The column ${column} holds whole numbers beyond 2^53, which no request can hold`,
    {
      expected: "whole numbers up to 9007199254740991, or a column of type string",
      hint: "Declare the column as a string; or leave serve.run out.",
    },
  );
}
