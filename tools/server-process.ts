import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";

/** A server in a process of its own. */
export interface Server {
  url: string;
  /** Milliseconds from the start of the process to its first right answer. */
  started: number;
  /** MiB that its processes hold. */
  memory(): Promise<number>;
  /** Milliseconds of a core that its processes have taken so far. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

interface ServerOptions {
  command: readonly [string, ...string[]];
  env?: Record<string, string>;
  /** Where it says that it listens; undefined while it did not. */
  listening(said: string): string | undefined;
  /** Asked until somebody answers; the answer must be good. */
  first: string;
}

/** Milliseconds in which a server says where it listens: one that says it in other words is ended. */
const PATIENCE = 300_000;

/** Rejects with what it said if it ends before it answers. */
export async function startServer({ command, env, listening, first }: ServerOptions): Promise<Server> {
  const began = performance.now();
  const [file, ...args] = command;
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    detached: true,
  });
  const ended = once(child, "close");
  let said = "";
  const late = setTimeout(() => end(child), PATIENCE);
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-20_000);
        const found = listening(said);
        if (found !== undefined) resolve(found);
      });
    child.once("close", () => reject(new Error(`${file} ended: ${said}`)));
  }).finally(() => clearTimeout(late));
  await answered(`${url}${first}`, child).catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });
  const started = performance.now() - began;
  return {
    url,
    started,
    memory: () => memoryOf(child),
    cpu: () => cpuOf(child),
    async stop() {
      end(child);
      await ended;
    },
  };
}

/** Its own group: a server of several processes ends as a whole. */
function end({ exitCode, pid }: ChildProcess): void {
  if (exitCode === null && pid !== undefined) process.kill(-pid, "SIGTERM");
}

/** Some say where they listen before they do: nobody there is asked again, for 10 s, while the process lives. */
async function answered(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(url).catch((error: unknown) => {
      if (child.exitCode !== null || tries === 1_000) throw error;
    });
    if (answer && !answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    if (answer) return void (await answer.arrayBuffer());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The resident memory of a process and its descendants, from /proc. */
export async function memoryOf(root: Pick<ChildProcess, "pid">): Promise<number> {
  const sizes = await Promise.all(
    (await treeOf(root)).map(async (id) => {
      const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
      return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** Hundredths of a second, as proc(5) counts them on Linux. */
const TICK_MS = 10;

/** What a process and its descendants have taken of a core, in milliseconds. */
export async function cpuOf(root: Pick<ChildProcess, "pid">): Promise<number> {
  const times = await Promise.all(
    (await treeOf(root)).map(async (id) => {
      const [user, system] = (await statOf(id)).slice(11, 13);
      return (Number(user ?? 0) + Number(system ?? 0)) * TICK_MS;
    }),
  );
  return times.reduce((sum, time) => sum + time, 0);
}

async function treeOf({ pid = 0 }: Pick<ChildProcess, "pid">): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of (await readdir("/proc")).filter((each) => /^\d+$/.test(each)))
    parents.set(Number(name), Number((await statOf(Number(name)))[1] ?? 0));
  const belongs = (id: number): boolean => id === pid || (id > 1 && belongs(parents.get(id) ?? 0));
  return [...parents.keys()].filter(belongs);
}

/** The fields behind the name, which may hold anything: the state, then the parent. */
async function statOf(id: number): Promise<string[]> {
  const stat = await readFile(`/proc/${id}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
