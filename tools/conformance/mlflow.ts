// Walks docs/mlflow-tour.py with the real MLflow package, on a repository whose model was trained and registered for it.
// By itself: npx tsx tools/conformance/mlflow.ts
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { type Server, startServer } from "../server-process.ts";
import { registerElsewhere } from "./mlflow-elsewhere.ts";
import { compareRows } from "./mlflow-rows.ts";
import { installedGto, installedMlflow, MLFLOW } from "./real-tools.ts";
import type { Conformance } from "./sklearn.ts";

/** Of the second series. */
const OLDER = "2.16.2";
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TOUR = join(ROOT, "docs/mlflow-tour.py");
const EXAMPLE = join(ROOT, "test/fixtures/mlflow-penguins");
const CLI = join(ROOT, "cli/slipway.ts");

/** Each step of the tour is a case, and so is each thing that GTO and `verify` have to say of what it left. */
export async function conformMlflow(): Promise<Conformance> {
  const python = await installedMlflow();
  const folder = await mkdtemp(join(tmpdir(), "slipway-mlflow-"));
  const result: Conformance = { name: `mlflow ${MLFLOW}`, cases: 0, failures: [] };
  const slipway = (...args: string[]) =>
    execa(process.execPath, ["--import", "tsx", CLI, "-C", folder, ...args], { cwd: ROOT });
  try {
    await makeRepository(folder, python);
    await slipway("register", "penguins");
    await execa("git", ["-C", folder, "mv", "models/penguins/worse.json", "models/penguins/cut.json", "-f"]);
    await commit(folder, "a worse cut");
    await slipway("register", "penguins");
    const server = await serve(folder);
    try {
      const tour = await execa(python, ["-W", "ignore", TOUR], {
        env: { MLFLOW_TRACKING_URI: server.url, MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1" },
        reject: false,
        timeout: 600_000,
      });
      result.cases += tour.stdout.split("\n").filter((line) => line.startsWith("ok ")).length;
      if (tour.exitCode !== 0) {
        result.cases += 1;
        result.failures.push(`the tour stopped: ${tour.stderr.split("\n").slice(-5).join("\n")}`);
      }
    } finally {
      await server.stop();
    }
    const check = (what: string, found: unknown, expected: unknown) => {
      result.cases += 1;
      const [said, wanted] = [JSON.stringify(found), JSON.stringify(expected)];
      if (said !== wanted) result.failures.push(`${what}: ${said}, not ${wanted}`);
    };
    const verified = await slipway("verify", "--json");
    check("verify after the tour", JSON.parse(verified.stdout).result.findings, []);
    await compareWithGto(folder, check);
    await besideReal(join(folder, "empty"), python, check);
    const elsewhere = await besideTracking(join(folder, "registry"), python);
    result.cases += elsewhere.steps + elsewhere.failures.length;
    result.failures.push(...elsewhere.failures);
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** GTO reads from the tags alone what the tour did: what is live, withdrawn, emptied and deprecated. */
async function compareWithGto(
  folder: string,
  check: (what: string, found: unknown, expected: unknown) => void,
): Promise<void> {
  const gto = await installedGto();
  const { stdout } = await execa(gto, ["show", "--json", "--repo", folder]);
  const shown = JSON.parse(stdout) as Record<string, { version: string | null; stage: Record<string, string | null> }>;
  check("GTO: the models that are left", Object.keys(shown).sort(), ["penguins"]);
  check("GTO: penguins in production", shown["penguins"]?.stage["production"], "v1.0.0");
  check("GTO: the latest of penguins", shown["penguins"]?.version, "v2.0.0");
}

/** The same requests to a server of ours, on a repository without a model, and to MLflow's own. */
async function besideReal(
  folder: string,
  python: string,
  check: (what: string, found: unknown, expected: unknown) => void,
): Promise<void> {
  await execa("git", ["init", "--quiet", "--initial-branch=main", folder]);
  await execa("git", ["-C", folder, "config", "user.name", "Ada"]);
  await execa("git", ["-C", folder, "config", "user.email", "ada@example.org"]);
  await execa("git", ["-C", folder, "commit", "--quiet", "--allow-empty", "--message", "nothing"]);
  const server = await serve(folder);
  try {
    await compareRows(python, server.url, join(folder, "real"), check);
  } finally {
    await server.stop();
  }
}

/** MLflow's clients, each with runs on a server of MLflow's own and the registry here. */
async function besideTracking(folder: string, python: string) {
  await execa("git", ["init", "--quiet", "--initial-branch=main", folder]);
  await execa("git", ["-C", folder, "config", "user.name", "Ada"]);
  await execa("git", ["-C", folder, "config", "user.email", "ada@example.org"]);
  await writeFile(join(folder, "slipway.yaml"), "slipway: 1\nregister: { imported: [staging] }\n");
  await commit(folder, "a policy");
  return registerElsewhere(
    [
      { name: `mlflow-${MLFLOW}`, python, kind: "whole" },
      { name: `mlflow-${OLDER}`, python: await installedMlflow(`mlflow==${OLDER}`), kind: "whole" },
      { name: `mlflow-skinny-${MLFLOW}`, python: await installedMlflow(`mlflow-skinny==${MLFLOW}`), kind: "skinny" },
    ],
    folder,
    (...args) => serve(folder, ...args),
  );
}

async function makeRepository(folder: string, python: string): Promise<void> {
  await cp(EXAMPLE, folder, { recursive: true });
  await writeFile(join(folder, "models/penguins/python"), `#!/bin/sh\nexec ${python} "$@"\n`, { mode: 0o755 });
  await execa("git", ["-C", folder, "init", "--quiet", "--initial-branch=main"]);
  await execa("git", ["-C", folder, "config", "user.name", "Ada"]);
  await execa("git", ["-C", folder, "config", "user.email", "ada@example.org"]);
  await commit(folder, "penguins");
}

async function commit(folder: string, message: string): Promise<void> {
  await execa("git", ["-C", folder, "add", "-A"]);
  await execa("git", ["-C", folder, "commit", "--quiet", "--message", message]);
}

function serve(folder: string, ...more: string[]): Promise<Server> {
  const tsx = ["--import", import.meta.resolve("tsx")];
  return startServer({
    command: [process.execPath, ...tsx, CLI, "-C", folder, "serve-registry", "--port", "0", ...more],
    listening: (said) => /is at (http:\S+)/.exec(said)?.[1],
    first: "/health",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name, cases, failures } = await conformMlflow();
  for (const failure of failures) console.error(failure);
  console.log(`${name}: ${cases} cases, ${failures.length} failures`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
