#!/usr/bin/env node
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { SlipwayError } from "../core/errors.ts";
import { main, tellError } from "./main.ts";

// A reader that went away (`slipway ls | head -1`) must not stop an act half-way, nor be told of.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

/** Milliseconds in which what was said is to be read, after the end. */
const LAST_WORDS = 2_000;
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    // Asked twice: leave at once.
    if (interruption.signal.aborted) process.exit(128 + constants.signals[signal]);
    process.stderr.write("\nStopping; once more to leave at once.\n");
    interruption.abort(
      new SlipwayError("INTERRUPTED", `interrupted by ${signal}`, {
        hint: "what was not finished has not happened: run the same command again",
      }),
    );
  });

const argv = process.argv.slice(2);
const host = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd,
  // This file is one folder below the package's root, as a source (cli/) and bundled (dist/).
  packageRoot: fileURLToPath(new URL("..", import.meta.url)),
  signal: interruption.signal,
};
// A bug outside any promise that is awaited: Node's own exit code, 1, would call it a decision.
process.on("uncaughtException", (error) => process.exit(tellError(error, argv, host)));
process.exitCode = await main(argv, host);
// Whoever does not read what was said cannot keep the process.
if (process.stderr.writableLength > 0) setTimeout(() => process.exit(), LAST_WORDS).unref();
