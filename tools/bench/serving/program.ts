import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { cpuOf, memoryOf } from "../../server-process.ts";
import type { ServedFixture } from "./fixture.ts";
import { ROW } from "./servers.ts";

/** The user's own program, asked over its descriptors by nobody else: what is left is what Slipway adds. */
export interface RawProgram {
  /** Milliseconds from its start to its first answer. */
  started: number;
  ask(): Promise<unknown>;
  memory(): Promise<number>;
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

export async function startProgram({ folder, python, model }: ServedFixture): Promise<RawProgram> {
  const began = performance.now();
  const child = spawn(python, ["serve.py"], {
    cwd: join(folder, "models/linear"),
    env: { PATH: process.env["PATH"], SLIPWAY_MODEL: model },
    stdio: ["ignore", "ignore", "inherit", "pipe", "pipe"],
  });
  const [requests, answers] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting: ((line: unknown) => void)[] = [];
  let text = "";
  answers.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      waiting.shift()?.(JSON.parse(text.slice(0, end)));
      text = text.slice(end + 1);
    }
  });
  const next = () => new Promise<unknown>((resolve) => waiting.push(resolve));
  await next();
  let asked = 0;
  const ask = () => {
    const answer = next();
    asked += 1;
    const [a, b, c, d] = ROW;
    requests.write(`${JSON.stringify({ id: String(asked), rows: [{ a, b, c, d }] })}\n`);
    return answer;
  };
  await ask();
  const started = performance.now() - began;
  return {
    ...{ started, ask },
    memory: () => memoryOf(child),
    cpu: () => cpuOf(child),
    async stop() {
      requests.end();
      await once(child, "close");
    },
  };
}
