import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { serveReal, storeIn } from "../../conformance/mlflow-rows.ts";
import { installedMlflow } from "../../conformance/real-tools.ts";
import { type Server, startServer } from "../../server-process.ts";
import { name } from "./fixture.ts";

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
  await execa(python, ["-W", "ignore", FIXTURE, storeIn(folder), String(models), String(versions)]);
  return serveReal(python, folder, FIRST);
}
