import { join } from "node:path";
import type { Hono } from "hono";
import type { Caller, MlflowHost } from "../../../api/mlflow/host.ts";
import { mlflowApi } from "../../../api/mlflow/http.ts";
import { openMlflowHost } from "../../../api/mlflow/open-host.ts";
import type { Ports } from "../../../core/acts/ports.ts";
import { plainHost } from "../../acts/plain-host.ts";
import { ADA } from "../../registry/builders.ts";

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered.
  body: any;
}

export interface TestServer {
  ports: Ports;
  host: MlflowHost;
  app: Hono;
  /** Asks as MLflow's client does: `get("registered-models/get", { name: "x" })`. */
  get(path: string, query?: Record<string, string | readonly string[]>): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  patch(path: string, body?: unknown): Promise<Answer>;
  delete(path: string, body?: unknown): Promise<Answer>;
  /** Takes files as uploads, and resolves to their URI. */
  upload(folder: string, files: Readonly<Record<string, string>>): Promise<string>;
}

const API = "/api/2.0/mlflow";
export const ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts";

/** MLflow's API on a repository of its own, without a socket. */
export async function testServer(
  files: Record<string, string> = {},
  about: { caller?: Caller; ports?: Partial<Ports>; host?: Partial<MlflowHost> } = {},
): Promise<TestServer> {
  const ports = await plainHost(files, about.ports);
  const host = { ...openMlflowHost(ports), ...about.host };
  const caller = about.caller ?? { person: ADA };
  const app = mlflowApi({ enter: (_, act) => act(host, caller), onError: (error) => console.error(error) });
  const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const sent =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await app.request(`${API}/${path}`, { method, ...sent });
    return { status: response.status, body: await response.json() };
  };
  return {
    ...{ ports, host, app },
    get: (path, query = {}) => {
      const pairs = Object.entries(query).flatMap(([key, value]) => [value].flat().map((each) => [key, each]));
      return send("GET", `${path}?${new URLSearchParams(pairs as [string, string][])}`);
    },
    post: (path, body = {}) => send("POST", path, body),
    patch: (path, body = {}) => send("PATCH", path, body),
    delete: (path, body = {}) => send("DELETE", path, body),
    async upload(folder, contents) {
      for (const [path, body] of Object.entries(contents)) {
        const response = await app.request(`${ARTIFACTS}/${join(folder, path)}`, { method: "PUT", body });
        if (response.status !== 200) throw new Error(await response.text());
      }
      return `mlflow-artifacts:/${folder}`;
    },
  };
}
