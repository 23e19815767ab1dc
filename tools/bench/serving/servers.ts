import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { installedKserve } from "../../conformance/real-tools.ts";
import { type Server, startServer } from "../../server-process.ts";
import { COLUMNS, type ServedFixture } from "./fixture.ts";

const SLIPWAY = fileURLToPath(new URL("../../../dist/slipway.js", import.meta.url));
const SAVE = fileURLToPath(new URL("mlflow_save.py", import.meta.url));
const KSERVE = fileURLToPath(new URL("kserve_server.py", import.meta.url));
export const ROW = [1.5, 2.5, 3.5, 4.5];

/** How one row is asked of a server. */
export interface Asked {
  path: string;
  body: object;
}

export const INVOCATION: Asked = {
  path: "/invocations",
  body: { dataframe_split: { columns: COLUMNS, data: [ROW] } },
};
/** KServe's server takes rows without names. */
export const V1: Asked = { path: "/v1/models/linear:predict", body: { instances: [ROW] } };

/** `slipway serve` on a repository. */
export function serveModels(folder: string, words: readonly string[] = []): Promise<Server> {
  return startServer({
    command: [process.execPath, SLIPWAY, "-C", folder, "serve", "--port", "0", "--quiet", ...words],
    listening: (said) => /(http:\S+)\/docs says/.exec(said)?.[1],
    first: "/ping",
  });
}

/** `mlflow models serve` of the same model, with one worker. */
export async function serveMlflowModel(
  { python, model }: ServedFixture,
  folder: string,
  port: number,
): Promise<Server> {
  const saved = join(folder, "mlflow-model");
  await execa(python, ["-W", "ignore", SAVE, join(model, "model.joblib"), saved]);
  const bin = join(python, "..");
  return startServer({
    command: [
      ...[join(bin, "mlflow"), "models", "serve", "--model-uri", saved, "--env-manager", "local"],
      ...["--port", String(port), "--workers", "1"],
    ] as [string, ...string[]],
    env: { PATH: `${bin}:${process.env["PATH"]}`, MLFLOW_DISABLE_TELEMETRY: "true" },
    listening: (said) => (/Uvicorn running|startup complete/.test(said) ? `http://127.0.0.1:${port}` : undefined),
    first: "/ping",
  });
}

/** KServe's Python server with the same model, with one worker. */
export async function serveKserve({ model }: ServedFixture, port: number): Promise<Server> {
  const python = join(await installedKserve(), "python");
  return startServer({
    command: [
      ...[python, KSERVE, "--model", join(model, "model.joblib"), "--http_port", String(port)],
      ...["--enable_grpc", "false", "--workers", "1", "--enable_docs_url", "false"],
    ] as [string, ...string[]],
    listening: (said) =>
      /Uvicorn running|startup complete|Starting uvicorn/.test(said) ? `http://127.0.0.1:${port}` : undefined,
    first: "/v2/health/ready",
  });
}
