import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { forecast, readDays } from "./days.mjs";

const model = JSON.parse(readFileSync(join(process.env.SLIPWAY_MODEL, "model.json"), "utf8"));
const days = readDays(process.env.SLIPWAY_FEATURES);
const lines = forecast(model, days).map((each, at) => [days[at].slipway_id, ...Object.values(each)].join(","));
writeFileSync(process.env.SLIPWAY_PREDICTIONS, `slipway_id,prediction,proba_dry,proba_rain\n${lines.join("\n")}\n`);
