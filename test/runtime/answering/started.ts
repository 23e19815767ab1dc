import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { localExecutor } from "../../../core/executors/local.ts";
import type { Answering, Prediction } from "../../../core/runtime/answering/answering.ts";
import { openPool, type PoolRequest } from "../../../core/runtime/answering/pool.ts";
import type { Program } from "../../../core/runtime/program.ts";
import type { Isolation } from "../../../schemas/manifest.ts";

/** Reads requests and answers them by \`answer(rows, id)\`, which the rest of the program defines; \`say\` writes a value as a line. */
const ANSWERS = `
const { writeSync, existsSync, writeFileSync } = require("node:fs");
const say = (value) => writeSync(4, (typeof value === "string" ? value : JSON.stringify(value)) + "\\n");
const lines = require("node:readline").createInterface({ input: new (require("node:net").Socket)({ fd: 3 }) });
lines.on("line", (line) => {
  const { id, rows } = JSON.parse(line);
  const predictions = answer(rows, id);
  if (predictions !== undefined) say({ id, predictions });
});
`;

let programs = 0;

/** Starts programs made of this JavaScript, in a folder of their own. */
export function programOf(
  script: string,
  isolation?: Isolation,
): { start(): Promise<Program>; folder: string; output(): string } {
  const folder = mkdtempSync(join(tmpdir(), "slipway-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "serve.cjs"), ANSWERS + script);
  let output = "";
  const start = () =>
    localExecutor({ readOnly: [], isolation }).start({
      ...{ command: `${process.execPath} serve.cjs`, folder, cwd: ".", paths: { FOLDER: "." }, image: undefined },
      ...{ env: { PATH: process.env["PATH"] ?? "" }, mark: `test-${process.pid}-${++programs}` },
      onOutput: (text) => {
        output += text;
      },
    });
  return { start, folder, output: () => output };
}

/** A pool of such programs; it is closed when the test has ended. */
export function poolOf(
  script: string,
  rest: Partial<PoolRequest> = {},
): Answering & { output(): string; folder: string } {
  const { start, folder, output } = programOf(script);
  const pool = openPool({
    ...{ start, workers: 1, timeoutMs: 20_000, startMs: 20_000, queue: { requests: 100, rows: 10_000 } },
    backOff: { firstMs: 10, mostMs: 40, goodMs: 60_000 },
    ...rest,
  });
  onTestFinished(() => pool.close(0));
  return { ...pool, output, folder };
}

let asked = 0;

/** Asks for one row. */
export async function ask(
  pool: Answering,
  row: Record<string, string | number | boolean | null> = { x: 1 },
): Promise<Prediction | undefined> {
  return (await pool.ask({ id: `r${++asked}`, rows: [row] }))[0];
}
