// Trains with MLflow's real clients by `slipway run`, and compares what the run holds with what they logged.
// By itself: npx tsx tools/conformance/tracking.ts
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { stringify } from "yaml";
import { RunResult } from "../../schemas/run-result.ts";
import type { TrackedRun } from "../../schemas/tracked.ts";
import { installedMlflow, MLFLOW } from "./real-tools.ts";
import type { Conformance } from "./sklearn.ts";

/** Clients as pip installs them; the small one brings no scikit-learn that could be logged by itself. */
const CLIENTS = [`mlflow==${MLFLOW}`, "mlflow==2.16.2", `mlflow-skinny==${MLFLOW}`];
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CLI = join(ROOT, "cli/slipway.ts");

type Check = (what: string, found: unknown, expected: unknown) => void;

/** Each thing that a client logged is a case. */
export async function conformTracking(): Promise<Conformance> {
  const result: Conformance = { name: `mlflow's tracking ${MLFLOW}`, cases: 0, failures: [] };
  for (const client of CLIENTS) {
    const check: Check = (what, found, expected) => {
      result.cases += 1;
      const [said, wanted] = [JSON.stringify(found), JSON.stringify(expected)];
      if (said !== wanted) result.failures.push(`${client}, ${what}: ${said}, not ${wanted}`);
    };
    const folder = await mkdtemp(join(tmpdir(), "slipway-tracking-"));
    try {
      await track(folder, client, check);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return result;
}

async function track(folder: string, client: string, check: Check): Promise<void> {
  const isWhole = client.startsWith("mlflow==");
  await makeRepository(folder, await installedMlflow(client), isWhole);
  const { stdout } = await execa(process.execPath, ["--import", "tsx", CLI, "-C", folder, "run", "owls", "--json"], {
    cwd: ROOT,
    reject: false,
  });
  const run = RunResult.parse(JSON.parse(stdout).result.runs[0]);
  check("outcome", [run.outcome, run.problem?.found ?? ""], ["succeeded", ""]);
  const { runs = [], left_out = [] } = run.tracked ?? {};
  const outer = runs.find(({ name }) => name === "outer <b>");
  const inner = runs.find(({ name }) => name === "inner");
  check("params", outer?.params.map(pair), [
    ["depth", "4"],
    ["layers/first", "x".repeat(10)],
  ]);
  check("tags", outer?.tags.map(pair), [["team", "owls"]]);
  check("experiment", outer?.experiment, "owls");
  check("status", outer?.status, "finished");
  check("last values", outer?.metrics.map(last), [
    ["accuracy", 0.9],
    ["loss", 1 / 3],
    ["odd name. x", 2],
  ]);
  const loss = outer?.metrics.find(({ name }) => name === "loss");
  check(
    "curve",
    loss?.points.map(([step, value]) => [step, value]),
    [
      [0, 1],
      [1, 0.5],
      [2, 1 / 3],
    ],
  );
  check("nested run", [inner?.parent, inner?.metrics.map(last)], [outer?.id, [["fold", 1]]]);
  check(
    "files",
    outer?.artifacts.map(({ path }) => path),
    ["plots and more/note.html", "text.txt"],
  );
  const kept = join(folder, ".slipway/runs", run.run);
  const note = join(kept, "tracked", outer?.id ?? "", "plots and more/note.html");
  check("a file's bytes", await readFile(note, "utf8").catch(String), "<script>alert(1)</script>");
  check("left out", left_out, ["Values of not a number that are no finite number were left out."]);
  check("links to a server", /https?:/.test(await readFile(join(kept, "logs/train.log"), "utf8").catch(String)), false);
  if (isWhole) checkAutologged(runs, check);
}

/** What `mlflow.autolog()` logs of a model that is fitted, whatever else it logs. */
function checkAutologged(runs: readonly TrackedRun[], check: Check): void {
  const fitted = runs.find(({ params }) => params.some(({ name }) => name === "C"));
  check("autolog: a param", fitted?.params.find(({ name }) => name === "C")?.value, "0.5");
  check("autolog: its class", fitted?.tags.find(({ name }) => name === "estimator_name")?.value, "LogisticRegression");
  check("autolog: a metric", fitted?.metrics.find(({ name }) => name === "training_accuracy_score")?.last[1], 1);
  check(
    "autolog: the model",
    fitted?.artifacts.some(({ path }) => path === "model/MLmodel"),
    true,
  );
}

async function makeRepository(folder: string, python: string, isWhole: boolean): Promise<void> {
  const model = join(folder, "models/owls");
  await mkdir(join(model, "data"), { recursive: true });
  for (const name of ["tracking_train.py", "tracking_predict.py"])
    await copyFile(fileURLToPath(new URL(name, import.meta.url)), join(model, name));
  const rows = (...values: number[]) => values.map((x) => `${x},${x > 5 ? "high" : "low"}\n`).join("");
  await writeFile(join(model, "data/train.csv"), `x,y\n${rows(1, 2, 3, 4, 6, 7, 8, 9)}`);
  await writeFile(join(model, "data/test.csv"), `x,y\n${rows(1.5, 2.5, 7.5, 8.5)}`);
  await writeFile(
    join(model, "model.yaml"),
    stringify({
      ...{ slipway: 1, task: "classification" },
      data: { train: "data/train.csv", test: "data/test.csv", label: "y" },
      train: { run: `${python} tracking_train.py${isWhole ? " autolog" : ""}` },
      predict: { run: `${python} tracking_predict.py` },
      metrics: { accuracy: { metric: "accuracy_score" } },
    }),
  );
  await execa("git", ["init", "--quiet", "--initial-branch=main", folder]);
}

function pair({ name, value }: { name: string; value: string }): [string, string] {
  return [name, value];
}

function last({ name, last: [, value] }: TrackedRun["metrics"][number]): [string, number] {
  return [name, value];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name, cases, failures } = await conformTracking();
  for (const failure of failures) console.error(failure);
  console.log(`${name}: ${cases} cases, ${failures.length} failures`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
