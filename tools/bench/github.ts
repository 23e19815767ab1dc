// What people on GitHub wait for: the App's bundle in a process of its own, beside the stand-in.
import { measureDecisions } from "./github/decisions.ts";
import { measureIntake } from "./github/intake.ts";
import { measureReports } from "./github/reports.ts";
import { measureStart } from "./github/starts.ts";
import type { Measurement } from "./measurement.ts";

/** One after the other: each starts a stand-in and an App of its own. */
export async function bench(): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const measure of [measureStart, measureReports, measureDecisions, measureIntake]) {
    measured.push(...(await measure()));
  }
  return measured;
}
