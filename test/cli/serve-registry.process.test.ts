import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { expect, it } from "vitest";
import { createModel } from "../../core/acts/create-model.ts";
import { plainHost } from "../acts/plain-host.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

/** The server of a repository, as the command starts it; `stop` is Ctrl-C. */
async function served(args: string[] = [], env: Record<string, string> = {}) {
  const ports = await plainHost();
  await createModel(ports, { name: "churn", by: { name: "Ada", id: "ada@example.org" } });
  const interruption = new AbortController();
  let told: (url: string) => void = () => {};
  const url = new Promise<string>((resolve) => {
    told = resolve;
  });
  let printed = "";
  const stdout = {
    write: (text: string) => {
      printed += text;
    },
  };
  const stderr = { write: (text: string) => told(/is at (http:\S+)/.exec(text)?.[1] ?? "") };
  const command = ["serve-registry", "--port", "0", "--json", ...args];
  const ended = slipway(command, { cwd: ports.workspace.folder, signal: interruption.signal, stdout, stderr, env });
  return { url: await url, ended, stop: () => interruption.abort(new Error("stopped")), stdout: () => printed };
}

it("serves until it is interrupted, and that is no failure", async () => {
  const { url, ended, stop, stdout } = await served();
  const response = await fetch(`${url}/api/2.0/mlflow/registered-models/get?name=churn`);
  expect(await response.json()).toMatchObject({ registered_model: { name: "churn" } });
  stop();
  expect((await ended).code).toBe(0);
  expect(JSON.parse(stdout())).toMatchObject({ command: "serve-registry", ok: true, result: { url } });
});

it("prints its document when it listens, and once", async () => {
  const { url, ended, stop, stdout } = await served();
  expect(JSON.parse(stdout())).toMatchObject({ command: "serve-registry", ok: true, result: { url } });
  const before = stdout();
  stop();
  await ended;
  expect(stdout()).toBe(before);
});

it("answers to the names that it is told to serve, and to no other", async () => {
  const { url, ended, stop } = await served(["--allowed-hosts", "registry.example.org,10.0.0.5"]);
  const { hostname, port } = new URL(url);
  const ask = async (host: string) => {
    const sent = request({ hostname, port, path: "/api/2.0/mlflow/registered-models/search", headers: { host } });
    sent.end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  };
  expect(await ask(`registry.example.org:${port}`)).toBe(200);
  expect(await ask("10.0.0.5")).toBe(200);
  expect(await ask("evil.example.org")).toBe(403);
  stop();
  await ended;
});

it("asks for the token of its environment", async () => {
  const { url, ended, stop } = await served([], { SLIPWAY_REGISTRY_TOKEN: "secret" });
  const ask = async (headers: Record<string, string>) =>
    (await fetch(`${url}/api/2.0/mlflow/registered-models/search`, { headers })).status;
  expect(await ask({})).toBe(401);
  expect(await ask({ authorization: "Bearer secret" })).toBe(200);
  stop();
  await ended;
});

it("sends browsers to the pages that it is told of, and says without any where they are", async () => {
  const told = await served(["--ui", "http://127.0.0.1:5050"]);
  const { status, headers } = await fetch(told.url, { redirect: "manual" });
  expect([status, headers.get("location")]).toEqual([302, "http://127.0.0.1:5050/"]);
  told.stop();
  const untold = await served();
  expect(await (await fetch(untold.url)).text()).toContain("slipway ui");
  untold.stop();
  await Promise.all([told.ended, untold.ended]);
});

it.each([
  [["--ui", "javascript:alert(1)"], "--ui is no address of pages"],
  [["--ui", "http://127.0.0.1:5050/?token=t"], "--ui is no address of pages"],
  [["--host", "0.0.0.0"], "a token in the environment variable SLIPWAY_REGISTRY_TOKEN"],
  [["--port", "70000"], "70000 is no port"],
  [["--port", "x"], "x is no port"],
  [["--allowed-hosts", "http://a"], "http://a is no name of a host"],
  [["--tracking-uri", "file:///mlruns"], "--tracking-uri is no address of an MLflow server"],
  [["--tracking-uri", "http://me:secret@host"], "--tracking-uri is no address of an MLflow server"],
])("refuses %j", async (args, message) => {
  const { workspace } = await plainHost();
  const { code, stderr } = await slipway(["serve-registry", ...args], { cwd: workspace.folder });
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
