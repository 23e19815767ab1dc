import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TSX = fileURLToPath(import.meta.resolve("tsx/cli"));
const POLL_MS = 50;

/** A program of ours that is started from its source, and again whenever a file changes that it imports. */
export interface WatchedProgram {
  url: string;
  /** Resolves when it has ended. */
  end(): Promise<void>;
}

/** Resolves once `ready` answers below its address; rejects where the watcher ends first. What it prints goes to ours. */
export async function watchProgram(
  main: string,
  { environment, ready }: { environment: Readonly<Record<string, string>>; ready: string },
): Promise<WatchedProgram> {
  // One that it keeps: when it starts again, it has to listen where it did.
  const port = Number(environment["PORT"]) || (await freePort());
  const env = { ...process.env, ...environment, HOST: "127.0.0.1", PORT: String(port) };
  const argv = [TSX, "watch", "--clear-screen=false", main];
  const child = spawn(process.execPath, argv, { cwd: ROOT, env, stdio: ["ignore", "inherit", "inherit"] });
  const closed = once(child, "close");
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(`${url}${ready}`))) {
    if (child.exitCode !== null) throw new Error(`${main} could not be started`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return {
    url,
    async end() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
