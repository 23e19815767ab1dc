import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { loadModel } from "./model.mjs";

const predict = loadModel();
const say = (value) => writeSync(4, `${JSON.stringify(value)}\n`);
createInterface({ input: new Socket({ fd: 3 }) }).on("line", (line) => {
  const { id, rows } = JSON.parse(line);
  say({ id, predictions: predict(rows) });
});
say({ ready: true });
