import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { installedMlflow } from "../../conformance/mlflow.ts";
import { name } from "./fixture.ts";
import { type Server, startServer } from "./server.ts";

const SLIPWAY = fileURLToPath(new URL("../../../dist/slipway.js", import.meta.url));
const FIXTURE = fileURLToPath(new URL("mlflow_fixture.py", import.meta.url));
export const API = "/api/2.0/mlflow";
const FIRST = `${API}/registered-models/get?name=${name(0)}`;

/** Slipway's server on a repository. */
export function serveSlipway(folder: string): Promise<Server> {
  return startServer({
    command: [process.execPath, SLIPWAY, "-C", folder, "serve-registry", "--port", "0"],
    listening: (said) => /is at (http:\S+)/.exec(said)?.[1],
    first: FIRST,
  });
}

/** The real MLflow's, at its best setting, on SQLite with as many models and versions, made by its own store. */
export async function serveMlflow(folder: string, models: number, versions: number): Promise<Server> {
  const python = await installedMlflow();
  await mkdir(folder, { recursive: true });
  const store = `sqlite:///${join(folder, "mlflow.db")}`;
  await execa(python, ["-W", "ignore", FIXTURE, store, String(models), String(versions)]);
  const artifacts = ["--artifacts-destination", join(folder, "artifacts")];
  return startServer({
    command: [
      ...([python, "-m", "mlflow", "server", "--backend-store-uri", store, ...artifacts] as const),
      ...["--workers", "1", "--host", "127.0.0.1", "--port", String(await freePort())],
    ],
    env: { MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" },
    listening: (said) => /running on (http:\S+)/.exec(said)?.[1],
    first: FIRST,
  });
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
