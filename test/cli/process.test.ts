import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { access, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { PACKAGE_ROOT, temporaryFolder } from "./memory-host.ts";

const DIST = path.join(PACKAGE_ROOT, "dist");

function start(args: string[], about: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  return spawn(process.execPath, [path.join(DIST, "slipway.js"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    ...about,
  });
}

/** Resolves once the process has said the text on stderr. */
function said(child: ChildProcess, text: string): Promise<void> {
  let heard = "";
  return new Promise((resolve) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      if (heard.includes(text)) resolve();
    });
  });
}

/** `slipway init`, caught while it waits for a Git that answers only when it is let go. */
async function waitingForGit() {
  const folder = await temporaryFolder();
  const bin = path.join(folder, "bin");
  await mkdir(bin);
  const script = `#!/bin/sh\ntouch '${folder}/started'\nwhile [ ! -e '${folder}/go' ]; do sleep 0.02; done\nexit 1\n`;
  await writeFile(path.join(bin, "git"), script, { mode: 0o755 });
  const child = start(["init", "repo"], { cwd: folder, env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } });
  await vi.waitFor(() => access(path.join(folder, "started")), { timeout: 20_000 });
  return { child, letGo: () => writeFile(path.join(folder, "go"), "") };
}

it("finishes its work quietly where the reader of its output went away", async () => {
  const child = start(["completion", "bash"]);
  child.stdout.destroy();
  const stderr: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  expect(Buffer.concat(stderr).toString()).toBe("");
});

it("exits with 130 when it is interrupted, once the work under way has ended", async () => {
  const { child, letGo } = await waitingForGit();
  const stopping = said(child, "Stopping");
  child.kill("SIGINT");
  await stopping;
  await letGo();
  const [code] = await once(child, "close");
  expect(code).toBe(130);
});

it("leaves at once when it is interrupted twice", async () => {
  const { child, letGo } = await waitingForGit();
  const stopping = said(child, "Stopping");
  child.kill("SIGINT");
  await stopping;
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  await letGo();
  expect(code).toBe(130);
});

it("loads neither schemas, YAML, DuckDB nor charts for its help", () => {
  const loaded = new Set<string>();
  const visit = (file: string) => {
    for (const [, name = ""] of readFileSync(file, "utf8").matchAll(/^(?:import|export)[^;"']*?["']([^"']+)["'];$/gm)) {
      if (name.startsWith(".")) visit(path.resolve(path.dirname(file), name));
      else if (!name.startsWith("node:")) loaded.add(name);
    }
  };
  visit(path.join(DIST, "slipway.js"));
  expect([...loaded].sort()).toEqual(["commander", "picocolors"]);
});
