import { writeSync } from "node:fs";
import { openMirror } from "../../app/repositories/mirror.ts";
import { asSystemFailure } from "../../cli/system-failure.ts";
import { changeVersion } from "../../core/acts/change-version.ts";
import { editModel } from "../../core/acts/edit-model.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { type StepRolloutOptions, stepRollout } from "../../core/acts/step-rollout.ts";
import { timestamp } from "../../core/clock.ts";
import { SlipwayError } from "../../core/errors.ts";
import { openObjects } from "../../core/git/objects.ts";
import { upkeep } from "../../core/git/upkeep.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { figuresOf } from "../../core/rollout/figures.ts";
import { ADA, register, source } from "../../test/registry/builders.ts";
import { storeIn } from "./good-registry.ts";
import { recordBirds } from "./watch-windows.ts";

/** What a process of its own is asked to do; each act has a key, so that twice is once. */
export type Act =
  | { do: "register"; model: string; source: string }
  | { do: "promote"; version: number; id: string }
  | { do: "rollback"; id: string }
  | { do: "roll"; version: number; id: string }
  | { do: "pause" | "resume"; id: string }
  | { do: "advance" | "complete"; version: number }
  | { do: "tag"; key: string }
  | { do: "withdraw"; version: number }
  | { do: "look"; from: number }
  | { do: "pack" }
  | { do: "mirror"; url: string; folder: string };

export interface Orders {
  folder: string;
  remote?: string;
  acts: readonly Act[];
  /** All at once, so that they are published in groups. */
  together?: boolean;
  /** So many side by side, each with its part of the acts, one after another. */
  writers?: number;
  /** Added to the clock: it may run backwards. */
  seconds?: number;
}

/** Says each act's place once it is acknowledged, and why one was refused; ends with 1 where one was. */
async function obey({ folder, remote, acts, together, writers = 1, seconds = 0 }: Orders): Promise<void> {
  const objects = await openObjects(folder);
  const ports: Ports = {
    ...{ name: "app", identifiesUsers: true, runsUserCode: false, remote, objects },
    workspace: await openWorkspace(folder),
    registry: await registryOn(objects, remote, undefined),
    store: storeIn(folder),
    clock: () => new Date(Date.parse("2026-03-01T09:00:00Z") + 1000 * seconds),
  };
  writeSync(1, "ready\n");
  const one = async (act: Act, place: number) => {
    try {
      await perform(ports, act);
      writeSync(1, `ok ${place}\n`);
      return "ok";
    } catch (thrown) {
      const error = asSystemFailure(thrown);
      if (!(error instanceof SlipwayError)) throw error;
      const [{ found = "", hint = "" } = {}] = error.problems;
      writeSync(1, `refused ${place} ${JSON.stringify([error.code, error.message, found, hint])}\n`);
      process.exitCode = 1;
      return error.code;
    }
  };
  if (together) await Promise.all(acts.map(one));
  else
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        // Who lost too many races is told to do it again.
        for (const [place, act] of acts.entries())
          if (place % writers === writer) while ((await one(act, place)) === "REGISTRY_MOVED" && writers > 1);
      }),
    );
  await objects.close();
}

const CANARY: StepRolloutOptions = {
  ...{ model: "birds", stage: "canary", by: ADA },
  observe: async (_, until) => ({ figures: figuresOf({ ms: 5, failed: false }), until }),
};

async function perform(ports: Ports, act: Act): Promise<unknown> {
  switch (act.do) {
    case "register":
      return register(ports.registry, act.model, act.source, timestamp(ports.clock()));
    case "promote": {
      const ask = { model: "birds", version: act.version, stage: "staging", requestedBy: ADA };
      return promoteVersion(ports, { ...ask, source: source(act.id) });
    }
    case "rollback":
      return rollBack(ports, { model: "birds", stage: "staging", requestedBy: ADA, source: source(act.id) });
    case "roll": {
      const ask = { model: "birds", version: act.version, stage: "canary", requestedBy: ADA };
      return promoteVersion(ports, { ...ask, source: source(act.id) });
    }
    case "pause":
    case "resume":
      return stepRollout(ports, { ...CANARY, asked: act.do, source: source(act.id) });
    case "advance":
    case "complete": {
      const hours = act.do === "advance" ? 1 : 2;
      const later = () => new Date(ports.clock().getTime() + hours * 3_600_000);
      return stepRollout({ ...ports, clock: later }, CANARY);
    }
    case "tag":
      return editModel(ports, { model: "birds", edit: { act: "tag", key: act.key, value: "yes" }, by: ADA });
    case "withdraw":
      return changeVersion(ports, { model: "birds", version: act.version, act: "withdraw", by: ADA });
    case "look":
      return recordBirds(ports, act.from);
    case "pack":
      return upkeep(ports.workspace, { repack: true, packRefs: true }, "refs/tags/");
    case "mirror": {
      const { url, folder } = act;
      const mirror = await openMirror({ folder, url, defaultBranch: "main", remoteEnvironment: async () => ({}) });
      await mirror.registry.snapshot();
      return mirror.close();
    }
  }
}

await obey(JSON.parse(process.argv[2] ?? "{}"));
