import type { Ports } from "../core/acts/ports.ts";
import { snoozeModel } from "../core/acts/snooze.ts";
import { SlipwayError } from "../core/errors.ts";
import { Duration, type Person } from "../schemas/names.ts";

interface SnoozeGiven {
  models: readonly string[] | undefined;
  /** How long; or `off`. */
  snooze: string;
  reason: string | undefined;
  by: Person;
}

/** `--snooze` of `slipway monitor`. Rejects with USAGE for what no snooze is, and as `snoozeModel` does. */
export async function snoozeModels(ports: Ports, { models = [], snooze, reason, by }: SnoozeGiven): Promise<void> {
  if (models.length === 0)
    throw new SlipwayError("USAGE", "--snooze needs the models that it is about", {
      expected: 'slipway monitor penguins --snooze 7d --reason "…"',
    });
  const isEnd = snooze === "off";
  if (!isEnd && !Duration.safeParse(snooze).success)
    throw new SlipwayError("USAGE", "--snooze takes how long", { expected: "7d, 12h, or off", found: snooze });
  if (!isEnd && (reason ?? "").trim() === "")
    throw new SlipwayError("USAGE", "Why nobody is to be told has to be said", {
      expected: '--reason "the sensor is replaced on Monday"',
    });
  const lasts = isEnd ? undefined : snooze;
  for (const model of models) await snoozeModel(ports, { model, lasts, reason: reason ?? "ended", by });
}
