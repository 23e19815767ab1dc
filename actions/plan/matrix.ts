import { milliseconds } from "../../core/duration.ts";
import { SlipwayError } from "../../core/errors.ts";
import { forkProblems, isHosted } from "../../core/spec/fork.ts";
import type { LoadedModel } from "../../core/spec/project.ts";
import { ORDER } from "../../core/stages/order.ts";
import type { RunFacts } from "../job/run-facts.ts";

/** The jobs whose runner and time the spec says: each stage with user code runs as one of these two. */
type Part = Exclude<(typeof ORDER)[number]["userCode"], false>;
const PARTS = [...new Set(ORDER.flatMap(({ userCode }) => userCode || []))];

/** One leg of the workflow's matrix: what a call of model.yml is told of its model. */
export type MatrixLeg = { model: string; image: string } & Record<`${Part}-runs-on`, string> &
  Record<`${Part}-minutes`, number>;

/** GitHub's limit on a matrix. */
const MOST = 256;
/** What a job takes besides its commands, and the longest that GitHub lets one run, on a runner of one's own. */
const MARGIN_MINUTES = 15;
const LONGEST_MINUTES = 5 * 24 * 60;
const ROUNDS = 4;
/** A serving program has as long to start as predicting takes, and as long again for the test rows. */
const SERVED_ROUNDS = 2;

/**
 * The legs of the models that run. A fork's model that asks for what a fork does not get has a leg on the default
 * runner: its job `validate` refuses it, and its result says so. Rejects with UNSUPPORTED over 256 models.
 */
export function matrixOf(
  models: readonly LoadedModel[],
  { origin }: Pick<RunFacts, "origin">,
  runner: string | readonly string[],
): MatrixLeg[] {
  if (models.length > MOST) {
    throw new SlipwayError("UNSUPPORTED", `${models.length} models changed, more than one run of a workflow can take`, {
      expected: `at most ${MOST} models, which is GitHub's limit on a matrix`,
      found: String(models.length),
      hint: "Bring the change in several pull requests or pushes.",
    });
  }
  // A fork's code meets no machine that others use after it, whatever runs Slipway's own jobs.
  const usual = JSON.stringify(origin === "fork" && !isHosted(runner) ? "ubuntu-latest" : runner);
  return models.map(({ name, path, position, spec }) => {
    const refused = origin === "fork" && forkProblems(spec, { path, position }).length > 0;
    const runsOn = (part: Part) => {
      const labels = spec[part]?.["runs-on"];
      return refused || labels === undefined ? usual : JSON.stringify(labels);
    };
    const setup = spec.environment?.setup === undefined ? 0 : minutes(spec.environment.timeout ?? "30m");
    const commands = {
      train: spec.train ? minutes(spec.train.timeout ?? "1h") : 0,
      // The time per row is measured over further rounds.
      predict: (ROUNDS + (spec.serve?.run === undefined ? 0 : SERVED_ROUNDS)) * minutes(spec.predict.timeout ?? "10m"),
    };
    const columns = PARTS.flatMap((part) => [
      [`${part}-runs-on`, runsOn(part)],
      [`${part}-minutes`, within(setup + commands[part])],
    ]);
    return { model: name, image: refused ? "" : (spec.environment?.image ?? ""), ...Object.fromEntries(columns) };
  });
}

function minutes(duration: string): number {
  return Math.ceil(milliseconds(duration) / 60_000);
}

/** The commands' own time-outs tell more: the job's comes after them. */
function within(total: number): number {
  return Math.min(LONGEST_MINUTES, total + MARGIN_MINUTES);
}
