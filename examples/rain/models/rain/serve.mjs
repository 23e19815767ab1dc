import { readFileSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { forecast } from "./days.mjs";

const model = JSON.parse(readFileSync(join(process.env.SLIPWAY_MODEL, "model.json"), "utf8"));
const say = (value) => writeSync(4, `${JSON.stringify(value)}\n`);
createInterface({ input: new Socket({ fd: 3 }) }).on("line", (line) => {
  const { id, rows } = JSON.parse(line);
  say({ id, predictions: forecast(model, rows) });
});
say({ ready: true });
