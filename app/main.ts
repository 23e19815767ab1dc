import { existsSync } from "node:fs";
import { SlipwayError } from "../core/errors.ts";
import { readConfig } from "./server/config.ts";
import { type RunningApp, startApp } from "./start.ts";

/** `node dist/app.js`, or `node dist/app.js setup <public URL>` to register the App on GitHub. */
const [command, address] = process.argv.slice(2);

let stopping = false;

// What the environment says stands above the file.
if (existsSync(".env")) process.loadEnvFile(".env");
try {
  if (command === undefined) await serve();
  else if (command === "setup") await (await import("./server/setup.ts")).serveSetup(address);
  else
    throw new SlipwayError("USAGE", `There is no command ${command}`, { expected: "nothing, or setup <public URL>" });
} catch (error) {
  tell(error);
  process.exit(error instanceof SlipwayError && error.kind === "input" ? 2 : 1);
}

async function serve(): Promise<void> {
  const app = await startApp(readConfig(process.env));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop(app, signal));
  // What no promise was waited for is a bug: it is logged, and the process that starts instead catches up.
  process.on("uncaughtException", (error) => {
    app.log.fatal({ err: error }, "a bug");
    process.exit(1);
  });
}

function stop(app: RunningApp, signal: NodeJS.Signals): void {
  // Asked twice: leave at once. Nothing is lost; the next start finds it.
  if (stopping) process.exit(1);
  stopping = true;
  app.log.info({ signal }, "asked to stop");
  app.close().then(
    () => process.exit(0),
    (error) => {
      app.log.error({ err: error }, "could not stop in order");
      process.exit(1);
    },
  );
}

function tell(error: unknown): void {
  if (!(error instanceof SlipwayError)) {
    console.error(error);
    return;
  }
  console.error(error.message);
  for (const { message, expected } of error.problems) {
    if (message !== error.message) console.error(`  ${message}`);
    if (expected !== undefined) console.error(`  expected ${expected}`);
  }
  console.error("docs/app.md says how the App is set up, and lists its environment.");
}
