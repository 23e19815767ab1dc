import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { serveReal } from "./mlflow-rows.ts";

const FLOW = fileURLToPath(new URL("mlflow_elsewhere.py", import.meta.url));

/** A client with its tracking server elsewhere. */
interface Client {
  /** The package and its version. */
  name: string;
  python: string;
  kind: "whole" | "skinny";
}

/**
 * A separate MLflow server for runs, and ours for the registry: once knowing addresses alone, once bringing the bytes. Resolves
 * to the steps that held and to what did not.
 */
export async function registerElsewhere(
  clients: readonly [Client, ...Client[]],
  folder: string,
  serve: (...args: string[]) => Promise<{ url: string; stop(): Promise<void> }>,
): Promise<{ steps: number; failures: string[] }> {
  const real = await serveReal(clients[0].python, join(folder, "tracking"));
  const failures: string[] = [];
  let steps = 0;
  try {
    for (const [known, asked, args] of [
      ["address", clients.slice(0, 1), []],
      ["bytes", clients, ["--tracking-uri", real.url]],
    ] as const) {
      const ours = await serve(...args);
      try {
        for (const { name, python, kind } of asked) {
          const model = `${name}-${known}`.replaceAll(".", "-");
          const flow = await execa(python, ["-W", "ignore", FLOW, real.url, ours.url, kind, model, known], {
            env: { MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1", GIT_PYTHON_REFRESH: "quiet" },
            reject: false,
            timeout: 300_000,
          });
          steps += flow.stdout.split("\n").filter((line) => line.startsWith("ok ")).length;
          if (flow.exitCode !== 0)
            failures.push(`${name}, by its ${known}: ${flow.stderr.split("\n").slice(-5).join("\n")}`);
        }
      } finally {
        await ours.stop();
      }
    }
    return { steps, failures };
  } finally {
    await real.stop();
  }
}
