import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { colorsFor } from "../../cli/colors.ts";
import type { Session } from "../../cli/command.ts";
import { withPorts } from "../../cli/ports.ts";
import { createProgress } from "../../cli/progress.ts";
import { COMMANDS } from "../../cli/table/commands.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Row } from "../../core/runtime/answering/answering.ts";
import { openServing } from "../../core/serving/open-serving.ts";
import { startAnswering } from "../../core/serving/start-answering.ts";

/** A request as a client sends it, and when it came: milliseconds since 1970. */
export interface EarlierRequest {
  at: number;
  rows: readonly Row[];
}

interface ReplayOptions {
  /** A clone of the models repository, or the plain repository. */
  folder: string;
  /** The remote whose registry says what is live. */
  remote?: string | undefined;
  model: string;
  stage?: string | undefined;
}

const HOUR = 60 * 60_000;
/** Milliseconds in which the log has to be written. */
const PATIENCE = 60_000;

/**
 * Asks what serves a model now the requests of an earlier time, in their order, by the code that serves them. The log's
 * clock alone is that time's: what is live, and how long answers take, is today's. Resolves to the versions that answered, once
 * all rows are in the store of the request log.
 */
export async function replayRequests(
  requests: readonly EarlierRequest[],
  options: ReplayOptions,
): Promise<Set<number>> {
  const { folder, remote, model, stage = "production" } = options;
  return withPorts(sessionIn(folder), remote, async (ports) => {
    const { requestLog } = ports;
    if (requestLog === undefined) throw new Error("slipway.yaml of the default branch names no monitor.requests.store");
    let now = requests[0]?.at ?? 0;
    const start = await startAnswering(ports, (_, text) => void process.stderr.write(text));
    const serving = await openServing(
      { ...ports, requestLog: { ...requestLog, clock: () => now } },
      { ...{ models: [model], stage, lazy: false, start }, onEvent: () => {} },
    );
    try {
      await serving.settled();
      const versions = new Set<number>();
      for (const [at, each] of requests.entries()) {
        now = each.at;
        const id = `replayed-${new Date(now).toISOString().slice(0, 13)}-${at}`;
        const { version } = await serving.ask({ model, rows: each.rows, id, route: "replay" });
        versions.add(version.version);
      }
      // The hour of the last row is over too: its file is due.
      now += 2 * HOUR;
      for (const end = Date.now() + PATIENCE; ; await pause(20)) {
        const { pending = 0, spooled = 0, problem } = serving.requestLog?.() ?? {};
        if (pending + spooled === 0) return versions;
        if (problem !== undefined || Date.now() > end)
          throw new SlipwayError("REMOTE_FAILED", `The request log was not written: ${problem ?? "it takes too long"}`);
      }
    } finally {
      await serving.close(0);
    }
  });
}

/** What the command line would be started with there. */
function sessionIn(folder: string): Session {
  const colors = colorsFor(process.stderr, process.env, false);
  return {
    ...{ folder, env: process.env, commands: COMMANDS, json: false, verbose: false, quiet: true, isWatched: false },
    packageRoot: fileURLToPath(new URL("../..", import.meta.url)),
    ...{ signal: new AbortController().signal, colors, width: 100, answer: () => {} },
    progress: createProgress({ stream: process.stderr, colors, quiet: true }),
  };
}
