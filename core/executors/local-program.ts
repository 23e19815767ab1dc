import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import type { Isolation } from "../../schemas/manifest.ts";
import { endDescendants } from "../runtime/descendants.ts";
import type { Exit } from "../runtime/failure.ts";
import type { Program } from "../runtime/program.ts";
import { residentBytes } from "../runtime/resident-bytes.ts";
import type { CommandTask } from "./executor.ts";

const TAIL = 16_384;

/** A guest that was started with pipes for answers, as a program. Rejects with the system's error where it cannot be started. */
export async function localProgram(
  child: ChildProcess,
  about: { isolation: Isolation; mark: string; onOutput: CommandTask["onOutput"] },
): Promise<Program> {
  const decoder = new StringDecoder("utf8");
  let tail = "";
  const take = (chunk: Buffer) => {
    const text = decoder.write(chunk);
    tail = (tail + text).slice(-TAIL);
    about.onOutput?.(text);
  };
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", take);
  const pipes: readonly (Readable | Writable | null | undefined)[] = child.stdio;
  const requests = pipes[5] as Writable;
  const answers = pipes[6] as Readable;
  // Whoever writes to a program that ends is told by its end.
  for (const stream of [requests, answers]) stream.on("error", () => {});
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const pid = child.pid as number;
  const isGroup = about.isolation === "process-group";
  const endsWithin = (ms: number) => Promise.race([exited.then(() => true), sleep(ms, false, { ref: false })]);
  const kill = async () => {
    // Once it has ended, its number may be another's.
    if (child.exitCode === null && child.signalCode === null) signalGroup(pid, "SIGKILL");
    await exited;
    // With its namespace all of it has ended.
    if (isGroup) await endDescendants({ pid, mark: about.mark, graceMs: 0 });
    for (const stream of pipes) stream?.destroy();
  };
  return {
    requests,
    answers,
    exited,
    kill,
    tail: () => tail,
    residentBytes: () => residentBytes(pid),
    end: async (untilTerm, untilKill) => {
      requests.end();
      const isOver = untilTerm > 0 && (await endsWithin(untilTerm));
      // A leader of its group would end before the others.
      if (!isOver && isGroup) await endDescendants({ pid, mark: about.mark, graceMs: untilKill });
      else if (!isOver) {
        signalGroup(pid, "SIGTERM");
        await endsWithin(untilKill);
      }
      await kill();
    },
  };
}

function signalGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}
