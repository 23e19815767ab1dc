import { milliseconds } from "../../core/duration.ts";
import { SlipwayError } from "../../core/errors.ts";
import { forkProblems, isHosted } from "../../core/spec/fork.ts";
import type { LoadedModel } from "../../core/spec/project.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { RunFacts } from "../job/run-facts.ts";

/** One leg of the workflow's matrix: what a call of model.yml is told of its model. */
export interface MatrixLeg {
  model: string;
  image: string;
  "train-runs-on": string;
  "train-minutes": number;
  "predict-runs-on": string;
  "predict-minutes": number;
  "own-metrics": boolean;
  durable: boolean;
  reuse: boolean;
}

/** GitHub's limit on a matrix. */
const MOST = 256;
/** What a job takes besides its commands, and the longest that GitHub lets one run, on a runner of one's own. */
const MARGIN_MINUTES = 15;
const LONGEST_MINUTES = 5 * 24 * 60;
const ROUNDS = 4;

/**
 * The legs of the models that run. A model of a fork's that asks for what a fork does not get has a leg on the default
 * runner: its job `validate` refuses it, and says so in its result. Rejects with UNSUPPORTED over 256 models.
 */
export function matrixOf(
  models: readonly LoadedModel[],
  { origin }: Pick<RunFacts, "origin">,
  policy: Policy,
  runner: string | readonly string[],
): MatrixLeg[] {
  if (models.length > MOST) {
    throw new SlipwayError("UNSUPPORTED", `${models.length} models changed, more than one run of a workflow can take`, {
      expected: `at most ${MOST} models, which is GitHub's limit on a matrix`,
      found: String(models.length),
      hint: "Bring the change in several pull requests or pushes.",
    });
  }
  const reuse = policy.register?.artifact === "reuse" && origin !== "fork";
  const durable = origin === "default-branch" || (reuse && origin === "same-repository");
  // A fork's code meets no machine that others use after it, whatever runs Slipway's own jobs.
  const usual = JSON.stringify(origin === "fork" && !isHosted(runner) ? "ubuntu-latest" : runner);
  return models.map(({ name, path, position, spec }) => {
    const refused = origin === "fork" && forkProblems(spec, { path, position }).length > 0;
    const runsOn = (stage: "train" | "predict") => {
      const labels = spec[stage]?.["runs-on"];
      return refused || labels === undefined ? usual : JSON.stringify(labels);
    };
    const setup = spec.environment?.setup === undefined ? 0 : minutes(spec.environment.timeout ?? "30m");
    return {
      model: name,
      image: refused ? "" : (spec.environment?.image ?? ""),
      "train-runs-on": runsOn("train"),
      "train-minutes": within(setup + (spec.train ? minutes(spec.train.timeout ?? "1h") : 0)),
      "predict-runs-on": runsOn("predict"),
      // The time per row is measured over further rounds.
      "predict-minutes": within(setup + ROUNDS * minutes(spec.predict.timeout ?? "10m")),
      "own-metrics": Object.values(spec.metrics).some((metric) => "run" in metric),
      ...{ durable, reuse },
    };
  });
}

function minutes(duration: string): number {
  return Math.ceil(milliseconds(duration) / 60_000);
}

/** The commands' own time-outs tell more: the job's comes after them. */
function within(total: number): number {
  return Math.min(LONGEST_MINUTES, total + MARGIN_MINUTES);
}
