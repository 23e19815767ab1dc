import { error, getInput, info, notice, setOutput, setSecret, summary, warning } from "@actions/core";
import { SlipwayError } from "../../core/errors.ts";
import { actionsArtifacts } from "./actions-artifacts.ts";
import { idTokens } from "./id-token.ts";
import type { ActionOutcome, ActionPorts } from "./ports.ts";
import { annotationOf, tellProblems } from "./tell-problem.ts";

const TELL = { error, warning, notice };

/**
 * Runs an Action on a runner with GitHub's toolkit as its ports. This is the one place that catches: a failure that
 * a person can mend fails the step, with its problems as annotations; a bug keeps its stack.
 */
export async function runAction(run: (ports: ActionPorts) => Promise<ActionOutcome>): Promise<void> {
  const controller = new AbortController();
  // A runner that cancels sends SIGINT, then SIGTERM: user code is ended by the abort.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => controller.abort(new SlipwayError("INTERRUPTED", "The job was cancelled")));
  }
  const ports = runnerPorts(controller.signal);
  try {
    // Loaded here, since it reads the event's file as it loads: one that cannot be read is told as any other fault.
    const { context } = await import("@actions/github");
    const { outcome } = await run({ ...ports, context });
    if (outcome === "failed") process.exitCode = 1;
  } catch (thrown) {
    process.exitCode = 1;
    if (thrown instanceof SlipwayError) return tellProblems(ports, thrown.problems);
    const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
    ports.annotate(
      "error",
      annotationOf({ code: "INTERNAL", message: `${name}: ${message}`, hint: "A bug of Slipway's." }),
    );
    info((stack ?? "").replace(/^/gm, "│ "));
  }
}

function runnerPorts(signal: AbortSignal): Omit<ActionPorts, "context"> {
  // The toolkit reads its files' names from the environment when it is called.
  const { GITHUB_STEP_SUMMARY } = process.env;
  return {
    input: (name) => getInput(name),
    output: (name, value) => setOutput(name, value),
    summary: async (markdown) => {
      if (GITHUB_STEP_SUMMARY) await summary.addRaw(markdown, true).write();
    },
    annotate: (level, { title, message, file, line, column }) => {
      const place = {
        title,
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { startLine: line }),
        ...(column === undefined ? {} : { startColumn: column }),
      };
      TELL[level](message, place);
    },
    log: (line) => info(line),
    mask: (secret) => {
      for (const part of [secret, ...secret.split(/\r?\n/)]) if (part.trim() !== "") setSecret(part);
    },
    artifacts: actionsArtifacts(process.env),
    idToken: idTokens(process.env),
    env: process.env,
    signal,
  };
}
