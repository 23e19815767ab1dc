import { join } from "node:path";
import type { Manifest } from "../../schemas/manifest.ts";
import type { PreparedData } from "../data/prepare.ts";
import type { DataAccess } from "../data/remote/place.ts";
import type { TestRequest } from "../data/test-part.ts";
import type { Scored } from "../metrics/scored.ts";
import { type FingerprintInputs, fingerprintInputs } from "../plan/fingerprint.ts";
import { keptRows } from "../stages/compare-versions.ts";
import { dataAt } from "../stages/data-at.ts";
import type { Compared, LoadedRun, Reusable, RunSource } from "../stages/run-source.ts";
import type { Ports } from "./ports.ts";
import { modelOf } from "./project.ts";

/** What of a run's source differs from host to host. */
export interface SourceAbout extends Pick<RunSource, "commit" | "binding" | "leave" | "committedAt" | "storeProblem"> {
  /** See RunSource. Default: user code runs where labels are opened. */
  whyNotSealed?: RunSource["whyNotSealed"];
  load(): Promise<LoadedRun>;
  /** Where the caller has read them already. */
  inputs?: FingerprintInputs;
  compared(loaded: LoadedRun): Promise<Compared>;
  /** Which test rows are scored, and the key of their sketch. Absent: all, and none. */
  testRows?(loaded: LoadedRun): Promise<TestRequest>;
  /** As the registry has them now; none where nothing is decided. */
  tries?: RunSource["tries"];
  /** Brings a version's commit here, where it is not yet. */
  bring?(commit: string): Promise<void>;
  reusable?(inputs: FingerprintInputs, fingerprint: string): Promise<readonly Reusable[]>;
}

/** Where the source's reads put what they make: a folder out of user code's way, and a cache of fetched data. */
export interface SourcePlace {
  folder: string;
  cache: string;
  /** The caller's environment, which holds what opens data outside the repository. */
  env: DataAccess["env"];
  /** The same for `data.labels`, where other credentials open them. */
  labelsEnv?: DataAccess["labelsEnv"];
  /** Told of the bytes of data that are fetched. */
  transfer?: DataAccess["transfer"];
  signal?: AbortSignal | undefined;
}

const SAME_MACHINE = "the model's programs ran on the machine that opens them, as the same user";

/** A run's source, which reads what is the run's own once. */
export function openRunSource(ports: Pick<Ports, "objects">, about: SourceAbout, place: SourcePlace): RunSource {
  const load = once(about.load);
  const inputs = once(async () => {
    const { model } = await load();
    return about.inputs ?? fingerprintInputs(model, model.tree);
  });
  const testRows = once(async () => about.testRows?.(await load()));
  const dataIn = async (folder: string, opensLabels: boolean) => {
    const { model, policyStore } = await load();
    const { cache, env, labelsEnv, transfer, signal } = place;
    const access = { env, labelsEnv, transfer, signal, store: policyStore };
    return dataAt(model, { folder, cache, access }, { testRows: await testRows(), opensLabels });
  };
  const data = once(() => dataIn(place.folder, false));
  const labelled = once(async () => {
    const { model } = await load();
    return model.spec.data.labels === undefined ? data() : dataIn(join(place.folder, "labelled"), true);
  });
  const kept = new Map<string, Promise<Scored | undefined>>();
  const keptOf = async (live: Manifest, prepared: PreparedData) => {
    const { model, store } = await load();
    return keptRows(store, live, { prepared, folder: place.folder, spec: model.spec });
  };
  return {
    ...{ commit: about.commit, binding: about.binding, load, inputs, data, labelled },
    whyNotSealed: about.whyNotSealed ?? (async () => SAME_MACHINE),
    ...(about.leave ? { leave: about.leave } : {}),
    ...(about.committedAt ? { committedAt: about.committedAt } : {}),
    ...(about.storeProblem ? { storeProblem: about.storeProblem } : {}),
    compared: async () => about.compared(await load()),
    tries: async (test, sketch) => (await about.tries?.(test, sketch)) ?? [],
    kept(live, prepared) {
      const key = `${live.version} ${prepared.testRows.sha256}`;
      const known = kept.get(key) ?? keptOf(live, prepared);
      kept.set(key, known);
      return known;
    },
    async modelOf(live) {
      await about.bring?.(live.source.commit);
      return modelOf(ports, live);
    },
    reusable: async (fingerprint) => (await about.reusable?.(await inputs(), fingerprint)) ?? [],
  };
}

/** Does it when it is first asked for, and gives the same answer from then on. */
export function once<T>(act: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= act();
    return made;
  };
}
