import type { AskedGate } from "../../schemas/gate.ts";
import type { Threshold } from "../metrics/in-steps.ts";
import { askedLevel, DEFAULT_TRIES } from "./asked-level.ts";

/** What gates hold values against, and at which levels they look at bounds: what is shown in steps is told from these. */
export function thresholdsOf(gates: readonly Pick<AskedGate, "gate">[], budget: number = DEFAULT_TRIES): Threshold[] {
  return gates.flatMap(({ gate }): Threshold[] => {
    const { metric, class: ofClass, slice, versus, confidence } = gate;
    const { "at-least": least, "at-most": most, "max-regression": regression, "min-improvement": improvement } = gate;
    const level = confidence === undefined ? {} : { level: askedLevel(confidence, budget) };
    const about = {
      ...{ metric, ...level },
      ...(ofClass === undefined ? {} : { class: ofClass }),
      ...(slice === undefined ? {} : { slice }),
    };
    if (versus === undefined)
      return [
        ...(least === undefined ? [] : [{ ...about, at: least, side: "low" as const, strict: false }]),
        ...(most === undefined ? [] : [{ ...about, at: most, side: "high" as const, strict: false }]),
      ];
    const change = improvement ?? (regression === undefined ? undefined : -regression);
    if (change === undefined) return [];
    return [
      { ...about, versus, at: change, side: "low", strict: improvement !== undefined && confidence !== undefined },
    ];
  });
}
