import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitor } from "../../core/acts/monitor.ts";
import { METRIC_RULES, refuseProblems } from "../../core/acts/project.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { SlipwayError } from "../../core/errors.ts";
import { fitResult } from "../../core/monitoring/fit-result.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadPolicy } from "../../core/spec/project.ts";
import { bundleName } from "../../core/stages/actions-uri.ts";
import { formatResultName } from "../../core/stages/result-name.ts";
import { openDurableStore } from "../../core/stores/open/durable-store.ts";
import { MonitorResult } from "../../schemas/monitoring.ts";
import { ModelName, TaggerTime, Timestamp } from "../../schemas/names.ts";
import { readBranchFacts } from "../job/branch-facts.ts";
import { choiceInput } from "../job/inputs.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { provideDuckDB } from "../job/provide-duckdb.ts";
import { openRunRepository, REMOTE } from "../job/repository.ts";
import { giveStoreCredentials } from "../job/store-credentials.ts";
import { openRequestLog } from "./request-log.ts";
import { tellResult } from "./tell-result.ts";

/**
 * Looks at the models that its inputs name, or at all, and uploads what it finds as the run's result. Models that cannot be looked
 * at are told of, and keep the others from nothing. Rejects with USAGE on another branch than the default one, with SPEC_INVALID for
 * a policy that cannot be read, and as `monitor` does.
 */
export async function run(ports: ActionPorts): Promise<ActionOutcome> {
  const { env, signal } = ports;
  const models = modelsInput(ports);
  const retrain = choiceInput(ports, "retrain", ["false", "true"]) === "true";
  if (retrain && models.length === 0)
    throw new SlipwayError("USAGE", "A retrain pull request is asked for of no model", {
      expected: "the input `models`",
      found: "nothing",
    });
  const at = momentInput(ports);
  const facts = readBranchFacts(ports);
  const home = await mkdtemp(join(env["RUNNER_TEMP"] || tmpdir(), "slipway-"));
  provideDuckDB(join(home, "duckdb"), env);
  const repository = await openRunRepository(join(home, "repository"), facts.repository, ports.input("token"));
  const given = await giveStoreCredentials(ports, join(home, "credentials"), "data");
  try {
    const tip = await repository.tip();
    const read = await loadPolicy(openCommit(repository.objects, tip), METRIC_RULES);
    refuseProblems(read.problems);
    const place = { file: read.path, ...read.position(["artifacts", "store"]) };
    const store = openDurableStore(read.policy.artifacts?.store, place, { signal });
    const requestLog = openRequestLog(read, { spool: join(home, "spool"), env });
    if (requestLog === undefined && read.policy.monitor?.then?.data !== "retrain" && !retrain) {
      ports.log("slipway.yaml names no `monitor.requests`: nothing is watched.");
      return { outcome: "succeeded" };
    }
    const result = await monitor(
      { ...{ name: "actions", remote: REMOTE, clock: () => new Date() }, ...repository, store, requestLog },
      { ...(models.length > 0 && { models }), retrain, at, signal, progress: (line) => ports.log(line) },
    );
    const told = fitResult(retrain ? { ...result, retrain: models } : result);
    tellResult(ports, told);
    await handOn(ports, told, home);
    return { outcome: "succeeded" };
  } finally {
    await given.remove();
    await repository.close();
    await removeTree(home);
  }
}

/** Uploads the result, and attests it by its digest. */
async function handOn(ports: ActionPorts, result: MonitorResult, home: string): Promise<void> {
  const out = join(home, "out");
  await mkdir(out, { recursive: true });
  await writeFile(join(out, "result.json"), canonicalJson(MonitorResult.parse(result)));
  const { id, digest } = await ports.artifacts.upload(bundleName("result", "monitor"), out);
  ports.output("result", formatResultName({ artifact: id, sha256: digest }));
}

function modelsInput(ports: ActionPorts): ModelName[] {
  const words = ports
    .input("models")
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  const wrong = words.find((word) => !ModelName.safeParse(word).success);
  if (wrong === undefined) return [...new Set(words)];
  throw new SlipwayError("USAGE", "The input `models` is invalid", {
    expected: "names of models, with spaces between",
    found: JSON.stringify(wrong.slice(0, 100)),
  });
}

/** As of when to look. */
function momentInput(ports: ActionPorts): Date {
  const text = ports.input("at");
  const now = new Date();
  if (text === "") return now;
  const at = new Date(TaggerTime.or(Timestamp).safeParse(text).success ? text : Number.NaN);
  if (at <= now) return at;
  throw new SlipwayError("USAGE", "The input `at` is invalid", {
    expected: `a moment up to now, in UTC, as ${now.toISOString().slice(0, 19)}Z`,
    found: JSON.stringify(text.slice(0, 100)),
  });
}
