import { writeFileSync } from "node:fs";
import { loadModel } from "./model.mjs";
import { readRows, writeRows } from "./table.mjs";

const rows = readRows(process.env.SLIPWAY_FEATURES);
const predictions = loadModel()(rows);
const names = Object.keys(predictions[0] ?? { prediction: 0 });
const lines = predictions.map((each, at) => [rows[at].slipway_id, ...names.map((name) => each[name])]);
writeFileSync(process.env.SLIPWAY_PREDICTIONS, writeRows(["slipway_id", ...names], lines));
