import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComparedPair } from "../../core/acts/compare-title.ts";
import { compareVersion, failedComparison } from "../../core/acts/compare-version.ts";
import { METRIC_RULES, refuseProblems } from "../../core/acts/project.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { SlipwayError } from "../../core/errors.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadPolicy } from "../../core/spec/project.ts";
import { bundleName } from "../../core/stages/actions-uri.ts";
import { formatResultName } from "../../core/stages/result-name.ts";
import { openDurableStore } from "../../core/stores/open/durable-store.ts";
import { type ModelName, StageName, VersionNumber } from "../../schemas/names.ts";
import { RunResult } from "../../schemas/run-result.ts";
import { choiceInput, modelInput, namedInput } from "../job/inputs.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { provideDuckDB } from "../job/provide-duckdb.ts";
import { openRunRepository, REMOTE } from "../job/repository.ts";
import { actionsRunId, readRunFacts } from "../job/run-facts.ts";
import { sealingOf } from "../job/sealing.ts";
import { giveStoreCredentials } from "../job/store-credentials.ts";

/**
 * Compares the versions that its inputs name, and uploads what it finds as a run's result. Where the model's labels stand apart
 * only a job that opens them does; another says so in its output `sealed`. Rejects with USAGE on another branch than the default
 * one, whose policy says where the store is, and as compareVersion does: such a run's result says why.
 */
export async function run(ports: ActionPorts): Promise<ActionOutcome> {
  const { env, signal } = ports;
  const pair = pairInput(ports);
  const opensLabels = choiceInput(ports, "opens-labels", ["false", "true"]) === "true";
  const facts = readRunFacts(ports.context);
  if (facts.origin !== "default-branch")
    throw new SlipwayError("USAGE", "Versions are compared on the default branch alone", {
      expected: facts.repository.defaultBranch,
      found: "another branch",
    });
  const home = await mkdtemp(join(env["RUNNER_TEMP"] || tmpdir(), "slipway-"));
  provideDuckDB(join(home, "duckdb"), env);
  const repository = await openRunRepository(join(home, "repository"), facts.repository, ports.input("token"));
  const id = actionsRunId(facts, pair.model);
  const given = await giveStoreCredentials(ports, join(home, "credentials"), "data");
  try {
    const tip = await repository.tip();
    const { policy, problems, path, position } = await loadPolicy(openCommit(repository.objects, tip), METRIC_RULES);
    refuseProblems(problems);
    const at = { file: path, ...position(["artifacts", "store"]) };
    const store = openDurableStore(policy.artifacts?.store, at, { signal });
    const about = { name: "actions", identifiesUsers: true, remote: REMOTE, clock: () => new Date(), store, signal };
    const result = await compareVersion(
      {
        ...{ ...repository, ...about, tip, bring: (commit) => repository.bring(commit) },
        labels: opensLabels ? sealingOf(ports, facts) : undefined,
      },
      pair,
      id,
    );
    ports.output("sealed", String(result === "labels-apart"));
    if (result !== "labels-apart") await handOn(ports, pair.model, result, home);
    return { outcome: "succeeded" };
  } catch (error) {
    if (error instanceof SlipwayError && error.code !== "INTERRUPTED") {
      // The job fails as before, and whoever waits for the comparison is told why, if that can be handed on.
      await failedComparison(repository, pair, id, error)
        .then((failed) => failed && handOn(ports, pair.model, failed, home))
        .catch(() => {});
    }
    throw error;
  } finally {
    await given.remove();
    await repository.close();
    await removeTree(home);
  }
}

/** Uploads a result, and attests it by its digest. */
async function handOn(ports: ActionPorts, model: ModelName, result: RunResult, home: string): Promise<void> {
  const out = join(home, "out");
  await mkdir(out, { recursive: true });
  await writeFile(join(out, "result.json"), canonicalJson(RunResult.parse(result)));
  const { id, digest } = await ports.artifacts.upload(bundleName("result", model), out);
  ports.output("result", formatResultName({ artifact: id, sha256: digest }));
}

function pairInput(ports: ActionPorts): ComparedPair {
  return {
    model: modelInput(ports),
    version: namedInput(ports, "version", VersionNumber, "a version's number", Number),
    stage: namedInput(ports, "stage", StageName, "a stage's name"),
    live: namedInput(ports, "live", VersionNumber, "a version's number", Number),
  };
}
