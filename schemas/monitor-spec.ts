import { z } from "zod";
import { SliceFilter } from "./gate.ts";
import { MetricName } from "./metric-spec.ts";
import { Duration } from "./names.ts";

/** What a live metric has to hold, by labels that come later. Like a gate, but asked of what was answered. */
export const MonitorBar = z.strictObject({
  metric: MetricName.describe("A name of the spec's `metrics`."),
  slice: SliceFilter.optional(),
  "at-least": z.number().optional().describe("The smallest value that holds."),
  "at-most": z.number().optional().describe("The largest value that holds."),
  confidence: z
    .number()
    .gt(0.5)
    .lt(1)
    .optional()
    .describe("How sure an alarm is, over all looks at all labels of a version. Default 0.95."),
});
export type MonitorBar = z.infer<typeof MonitorBar>;

/** `monitor` of model.yaml, read at the default branch's tip when deciding. */
export const MonitorSpec = z.strictObject({
  window: Duration.optional().describe("How long a window is: 1h to 90d, aligned to 1970 in UTC. Default 1d."),
  columns: z
    .record(
      z.string().min(1),
      z.union([
        z.literal("off").describe("off, or the least PSI that counts as drift: { psi: 0.2 }"),
        z.strictObject({ psi: z.number().gt(0).max(100) }),
      ]),
    )
    .optional()
    .describe("The least effect that counts as drift of a column, as its PSI; or off. Default { psi: 0.1 } for all."),
  bars: z.array(MonitorBar).max(50).optional().describe("What live metrics have to hold once labels come."),
});
export type MonitorSpec = z.infer<typeof MonitorSpec>;
