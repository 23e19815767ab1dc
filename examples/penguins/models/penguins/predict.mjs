import { writeFileSync } from "node:fs";
import Papa from "papaparse";
import { readRows } from "./features.mjs";
import { loadForest } from "./forest.mjs";

const predict = loadForest();
const rows = readRows(process.env.SLIPWAY_FEATURES);
const predictions = predict(rows).map((each, index) => ({ slipway_id: rows[index].slipway_id, ...each }));
writeFileSync(process.env.SLIPWAY_PREDICTIONS, `${Papa.unparse(predictions, { newline: "\n" })}\n`);
