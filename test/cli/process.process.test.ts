import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, open, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../helpers/app-process.ts";
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
  // It ends with the test's folder, too: a slipway that was killed does not take it along.
  const waiting = `[ -d '${bin}' ] && [ ! -e '${folder}/go' ]`;
  const script = `#!/bin/sh\ntouch '${folder}/started'\nwhile ${waiting}; do sleep 0.02; done\nexit 1\n`;
  await writeFile(path.join(bin, "git"), script, { mode: 0o755 });
  const child = start(["init", "repo"], { cwd: folder, env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } });
  await until(() => existsSync(path.join(folder, "started")));
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

it("calls a disk that is full no bug, and exits with 3", async () => {
  const full = await open("/dev/full", "w");
  const child = spawn(process.execPath, [path.join(DIST, "slipway.js"), "completion", "bash"], {
    stdio: ["ignore", full.fd, "pipe"],
  });
  const told = said(child, "[SYSTEM_FAILED]");
  const [code] = await once(child, "close");
  await full.close();
  await told;
  expect(code).toBe(3);
});

it("says so where the current folder was deleted", async () => {
  const child = spawn(
    "sh",
    [
      "-c",
      'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" completion bash',
      process.execPath,
      path.join(DIST, "slipway.js"),
    ],
    {
      cwd: await temporaryFolder(),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const told = said(child, "[SYSTEM_FAILED]");
  const [code] = await once(child, "close");
  await told;
  expect(code).toBe(3);
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

describe("the bundle", () => {
  it("loads neither schemas, YAML, DuckDB nor charts for its help", () => {
    expect(packagesOf(path.join(DIST, "slipway.js"))).toEqual(["commander", "picocolors"]);
  });

  it.each(["ls", "show", "log", "diff"])("loads neither YAML, DuckDB nor charts for %s", (command) => {
    const chunks = path.join(DIST, "chunks");
    const file = readdirSync(chunks).find((name) => new RegExp(`^${command}-[A-Z0-9]+\\.js$`).test(name));
    expect(packagesOf(path.join(chunks, file ?? "none"))).toEqual(["picocolors", "zod"]);
  });

  it.each(["run", "register", "lock"])("loads the client of S3 for %s only if there is something in S3", (command) => {
    const chunks = path.join(DIST, "chunks");
    const file = readdirSync(chunks).find((name) => new RegExp(`^${command}-[A-Z0-9]+\\.js$`).test(name));
    expect(packagesOf(path.join(chunks, file ?? "none"))).not.toContain("@aws-sdk/client-s3");
  });
});

/** The packages whose code is loaded with a file: esbuild names each module's path above it. */
function packagesOf(file: string): string[] {
  const [files, packages] = [new Set<string>(), new Set<string>()];
  const visit = (at: string) => {
    if (files.has(at)) return;
    files.add(at);
    const code = readFileSync(at, "utf8");
    for (const [, name = ""] of code.matchAll(/^\/\/ .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)) packages.add(name);
    for (const [, name = ""] of code.matchAll(/^(?:import|export)[^;"']*?["']([^"']+)["'];$/gm)) {
      if (name.startsWith(".")) visit(path.resolve(path.dirname(at), name));
      else if (!name.startsWith("node:") && name !== "module") packages.add(name);
    }
  };
  visit(file);
  return [...packages].sort();
}
