import { renameModel } from "../../../core/acts/change-model.ts";
import { createModel } from "../../../core/acts/create-model.ts";
import { editModel } from "../../../core/acts/edit-model.ts";
import { holdModel } from "../../../core/acts/hold.ts";
import { promoteVersion } from "../../../core/acts/promote.ts";
import { recordMonitoring } from "../../../core/acts/record-monitoring.ts";
import { registerModel } from "../../../core/acts/register.ts";
import { rollBack } from "../../../core/acts/rollback.ts";
import type { Person } from "../../../schemas/names.ts";
import { churnSpec, firstFiles, type Params, penguinsSpec, policyOf } from "./models.ts";
import { ADA, GRACE, openStory, type StoryRepository } from "./repository.ts";
import { tryParams } from "./tries.ts";
import { weeksOfPenguins } from "./windows.ts";

const BILL = "bill_length_mm";

export interface StoryOptions {
  /** Where artifacts are kept. Default: in the repository's `.slipway/store`. */
  store?: string;
  /** When the story ends. Default: now. */
  end?: Date;
}

/**
 * Three weeks of two models in an empty folder, by real runs and acts: versions that got better, one that was refused, one that
 * was taken back, a model on hold, one that was renamed, and an alarm. Takes about half a minute.
 */
export async function tellStory(folder: string, options: StoryOptions = {}): Promise<void> {
  const { store, end = new Date() } = options;
  const story = await openStory(folder, store, end);
  try {
    await tell(story, end, store === undefined ? "" : `artifacts: { store: "file:${store}" }\n`);
  } finally {
    await story.close();
  }
}

async function tell(story: StoryRepository, end: Date, policy: string): Promise<void> {
  const { ports, at } = story;
  const promote = (model: string, version: number, stage = "production", requestedBy: Person = ADA, reason?: string) =>
    promoteVersion(ports, { model, version, stage, requestedBy, reason });

  at(21 * 24 + 5.3);
  const few: Params = { features: ["flipper_length_mm"], steps: 60, rate: 0.5 };
  await story.commit("A model of penguins", { ...(await firstFiles(policyOf(policy))), ...penguinsSpec(few) });
  await version(story, "penguins");
  at(20 * 24 + 1.9);
  await promote("penguins", 1, "staging");
  await penguins(story, { ...few, features: ["flipper_length_mm", "body_mass_g"] }, "Weigh them, too");
  await promote("penguins", 2, "staging");
  at(18 * 24 + 6.6);
  await penguins(story, { features: [BILL, "flipper_length_mm"], steps: 100, rate: 0.5 }, "Measure the bill");
  await promote("penguins", 3, "staging", GRACE);
  await promote("penguins", 3, "production", ADA, "Nine of ten are right, on each island");
  at(17 * 24 + 3.1);
  await story.commit("A model of who leaves", churnSpec({ features: ["months"], steps: 120, rate: 0.5 }));
  await version(story, "churn", GRACE);
  await promote("churn", 1, "production", GRACE);
  at(14 * 24 + 7.4);
  await penguins(story, { ...few, steps: 40 }, "Go without the bill, which is hard to measure");
  await promote("penguins", 4, "production", GRACE, "Easier in the field");
  at(12 * 24 + 2.2);
  await story.commit("Count calls", churnSpec({ features: ["months", "calls", "plan"], steps: 120, rate: 0.5 }));
  await version(story, "churn", GRACE);
  await promote("churn", 2, "production", GRACE);
  at(11 * 24 + 4.7);
  const all: Params = { features: [BILL, "bill_depth_mm", "flipper_length_mm", "island"], steps: 30, rate: 0.3 };
  await penguins(story, all, "Measure the bill's depth, and say where it was");
  await promote("penguins", 5, "staging");
  await promote("penguins", 5, "production");
  await editModel(ports, { model: "penguins", edit: { act: "alias", alias: "champion", version: 5 }, by: ADA });
  await editModel(ports, { model: "penguins", edit: { act: "tag", key: "domain", value: "field work" }, by: ADA });
  at(9 * 24 + 8.1);
  await rollBack(ports, {
    model: "churn",
    stage: "production",
    reason: "Support called all of them",
    requestedBy: GRACE,
  });
  await holdModel(ports, {
    ...{ model: "churn", hold: true, by: GRACE, reason: "Until support has a plan for whom to call" },
    source: { kind: "form", repository: "local/models", id: "hold-churn", place: 0 },
  });
  at(8 * 24 + 5.8);
  await createModel(ports, { name: "taxi", description: "What a ride will cost", by: GRACE });
  await renameModel(ports, { model: "taxi", to: "fares", by: GRACE, reason: "Buses count, too" });
  at(2 * 24 + 3.6);
  await penguins(story, { features: [...all.features, "body_mass_g"], steps: 150, rate: 0.5 }, "All that is measured");
  at(2.4);
  await tryParams(story, "penguins", ["params.steps=60", "params.rate=0.05", "params.steps=400"]);
  at(1);
  const windows = weeksOfPenguins({ version: 5, end });
  await recordMonitoring(ports, { windows }, { by: ADA, host: "cli" });
}

async function penguins(story: StoryRepository, params: Params, message: string): Promise<void> {
  await story.commit(message, penguinsSpec(params));
  await version(story, "penguins");
}

async function version({ ports }: StoryRepository, model: string, requestedBy: Person = ADA): Promise<void> {
  const result = await registerModel(ports, { model, requestedBy });
  if (result.outcome !== "registered") throw new Error(`The story's ${model}: ${JSON.stringify(result)}`);
}
