import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunResult } from "../../../schemas/run-result.ts";
import { startConversation } from "../../../test/app/commands/conversation.ts";
import { type ModelsOnGitHub, modelFiles, specOf } from "../../../test/app/models-on-github.ts";
import { runResult } from "../../../test/report/run-result.ts";
import type { Pull } from "../../sandbox/state.ts";
import { type Measurement, type Timing, timingOf } from "../measurement.ts";
import { startBundledApp } from "./bundled-app.ts";
import { openWatch, timeTo } from "./watch.ts";

const RUNS = 21;
const MODELS = 20;
/** What GitHub's own answers take, about. */
const LATE = 100;
const WRITES = /^(POST|PATCH) \/(issues|check-runs)/;

/**
 * From the webhook that a run of the pipeline has ended to the comment and both checks: to an App that has shown the
 * pull request before, and to one that was just started without its disk. No pipeline runs: the run is put there.
 */
export async function measureReports(): Promise<Measurement[]> {
  const watch = openWatch();
  const others = Array.from({ length: MODELS - 1 }, (_, at) => modelFiles(`model-${at}`));
  const github = await startConversation({
    files: Object.assign({}, ...others),
    hosted: { start: startBundledApp, sandbox: { observer: watch.observer } },
  });
  try {
    await github.registered("first", 60);
    let changes = 0;
    const open = async (many: number) => {
      const opened: Pull[] = [];
      while (opened.length < many) {
        changes += 1;
        const spec = specOf({ trees: 100 + changes });
        opened.push(await github.openPull(`change-${changes}`, { "models/penguins/model.yaml": spec }));
      }
      return opened;
    };
    const report = async (pull: Pull) => {
      // The App has heard nothing of the run before it ends: what it says of one that goes on is another event's work.
      github.hosted.sandbox.faults.deliveries({ kind: "lost", event: "workflow_run", times: 2 });
      github.calls();
      watch.take();
      await github.run(pull, { results: { penguins: RESULT } });
      return { time: timeTo(watch.take(), "workflow_run.completed", WRITES, 3), calls: github.calls().length };
    };

    const size = `1 of ${MODELS} models`;
    const warm = await sampled(await open(RUNS + 1), report);
    const cold = await sampled(await open(RUNS + 1), async (pull) => {
      await startAnew(github);
      return report(pull);
    });
    const heardOf = await open(RUNS + 1);
    github.hosted.sandbox.faults.api({
      kind: "slow",
      until: () => sleep(LATE),
      path: /^/,
      times: Number.POSITIVE_INFINITY,
    });
    const late = await sampled(heardOf, report);
    return [
      { what: "run ended → comment, 2 checks", size, unit: "ms", target: 1_000, bound: BOUND, ...warm.time },
      {
        what: "the same, a fresh App",
        size,
        unit: "ms",
        target: 1_000,
        bound: `${BOUND}; cloning, loading charts`,
        ...cold.time,
      },
      { what: `the same, each call ${LATE} ms late`, size, unit: "ms", bound: "six calls in turn", ...late.time },
      { what: "REST calls for a report", size, unit: "calls", bound: "a test holds them to 6", ...warm.calls },
      { what: "the same, a fresh App", size, unit: "calls", bound: "finding what is there", ...cold.calls },
    ];
  } finally {
    await github.end();
  }
}

const BOUND = "git fetch and push over HTTP; drawing charts";

/** The first is not counted: it warms up. */
async function sampled(
  pulls: readonly Pull[],
  report: (pull: Pull) => Promise<{ time: number; calls: number }>,
): Promise<{ time: Timing; calls: Timing }> {
  const all: { time: number; calls: number }[] = [];
  for (const pull of pulls) all.push(await report(pull));
  const counted = all.slice(1);
  return { time: timingOf(counted.map(({ time }) => time)), calls: timingOf(counted.map(({ calls }) => calls)) };
}

/** An App without a memory or a mirror, that finds no run of before to catch up with. */
async function startAnew({ hosted, repo }: ModelsOnGitHub): Promise<void> {
  await hosted.app.close();
  await rm(join(hosted.config.SLIPWAY_STATE, "mirrors"), { recursive: true, force: true });
  repo.runs.clear();
  await hosted.restart();
}

/** With a confusion matrix and curves, as a classifier's run has them. */
export const RESULT = withCharts(runResult());

function withCharts({ evaluation }: RunResult): Partial<RunResult> {
  if (evaluation === undefined) throw new Error("the builder makes an evaluation");
  const labels = ["Adelie", "Chinstrap", "Gentoo"];
  const values = labels.map((_, row) => labels.map((__, column) => (row === column ? 30 : 2)));
  const confusion = { value: null, function: "confusion_matrix", greater_is_better: true, matrix: { labels, values } };
  const training_curves = Array.from({ length: 50 }, (_, step) => ({ step, loss: 1 / (step + 1) }));
  return { training_curves, evaluation: { ...evaluation, metrics: { ...evaluation.metrics, confusion } } };
}
