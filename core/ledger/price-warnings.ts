import type { Gate } from "../../schemas/gate.ts";
import type { Problem } from "../../schemas/problem.ts";
import { askedLevel, DEFAULT_TRIES } from "../gates/asked-level.ts";
import { gateSubject } from "../gates/gate-words.ts";
import { formatPercent } from "../gates/number-words.ts";
import { LEVELS, levelFor } from "../metrics/levels.ts";
import type { EffectiveGate } from "../spec/floors.ts";
import { type LoadedModel, POLICY_PATH, type Project } from "../spec/project.ts";
import type { Keys } from "../spec/yaml.ts";
import { gateSight, type MeasuredVersion } from "./gate-sights.ts";
import { marginOf } from "./price.ts";
import { rowsToSeeWords, twoDigits } from "./price-words.ts";

/**
 * What `check` says of gates that ask more than their test set can tell: no bound is strict enough for the confidence, or the
 * newest versions' rows are too few for the threshold or the margin. `measured` has those versions by model, the newest first.
 */
export function priceWarnings(project: Project, measured: ReadonlyMap<string, readonly MeasuredVersion[]>): Problem[] {
  const budget = project.policy.tries ?? DEFAULT_TRIES;
  const found = [...project.models.values()].flatMap((model) =>
    ["register", ...project.stages].flatMap((stage) =>
      project.effectiveGates(model, stage).flatMap((gate) => {
        const place = placeIn(project, model, gate);
        const blind = withoutLevel(gate, budget);
        if (blind !== undefined) return [{ ...blind, ...place("confidence") }];
        const unseen = withoutSight(model.name, gate, measured.get(model.name) ?? [], budget);
        return unseen === undefined ? [] : [{ ...unseen.problem, ...place(unseen.key) }];
      }),
    ),
  );
  // A floor is said once where it says the same of each model.
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}

/** The models with a gate whose answer their rows have to see. */
export function modelsToSee(project: Project): string[] {
  const asks = (model: LoadedModel) =>
    ["register", ...project.stages].some((stage) =>
      project
        .effectiveGates(model, stage)
        .some(
          ({ gate }) => gate.confidence !== undefined && (gate.versus === undefined || marginOf(gate) !== undefined),
        ),
    );
  return [...project.models.values()].filter(asks).map(({ name }) => name);
}

function placeIn(project: Project, model: LoadedModel, { origin, keys }: EffectiveGate) {
  return (key: string) => {
    const at: Keys = [...keys, key];
    return origin === "policy"
      ? { file: POLICY_PATH, ...project.policyPosition(at) }
      : { file: model.path, ...model.position(at) };
  };
}

/** A gate that no version can pass, whatever its rows. */
function withoutLevel({ gate: { confidence } }: EffectiveGate, budget: number): Problem | undefined {
  if (confidence === undefined) return undefined;
  const asked = askedLevel(confidence, budget);
  if (levelFor(asked) !== undefined) return undefined;
  const strictest = LEVELS.at(-1) as number;
  return {
    code: "CONFIDENCE_UNREACHABLE",
    message: `no version can pass: ${formatPercent(1 - confidence)} shared by ${budget} tries asks for bounds at ${formatPercent(asked)}`,
    expected: `${formatPercent(strictest)} or more: the strictest bounds that evaluations keep`,
    hint: "Ask for less confidence, or for fewer tries in slipway.yaml.",
  };
}

/** What the newest version's rows cannot see: a margin that only luck would tell from nothing, or what is above a threshold. */
function withoutSight(
  model: string,
  { gate }: EffectiveGate,
  versions: readonly MeasuredVersion[],
  budget: number,
): { key: keyof Gate; problem: Problem } | undefined {
  const margin = marginOf(gate);
  if (gate.versus !== undefined && margin === undefined) return undefined;
  for (const version of versions) {
    const sight = gateSight(gate, version, budget);
    if (sight === undefined) continue;
    const rows = `its ${sight.rows} rows`;
    const level = `the ${formatPercent(sight.level)} level`;
    if (margin === undefined) {
      if (Number.isFinite(sight.seen)) return undefined;
      return {
        key: gate["at-least"] === undefined ? "at-most" : "at-least",
        problem: {
          code: "CONFIDENCE_UNREACHABLE",
          message: `no version of ${model} can pass: not even the best ${gateSubject(gate)} has its bound at ${level} beyond the threshold`,
          found: rows,
          hint: "Add test rows, or ask for less.",
        },
      };
    }
    if (margin >= sight.seen) return undefined;
    return {
      key: gate["max-regression"] === undefined ? "min-improvement" : "max-regression",
      problem: {
        code: "MARGIN_UNSEEN",
        message: `${model}'s test set cannot see a difference of ${margin} in ${gateSubject(gate)}`,
        expected: `${twoDigits(sight.seen)} or more: what ${rows} see at ${level} and 80 % power`,
        found: String(margin),
        hint:
          margin === 0
            ? "No number of rows shows that a version is not worse at all: leave it a margin."
            : `${rowsToSeeWords(margin, sight)} would see it.`,
      },
    };
  }
  return undefined;
}
