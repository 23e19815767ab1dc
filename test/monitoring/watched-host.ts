import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { monitor } from "../../core/acts/monitor.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { recordMonitoring } from "../../core/acts/record-monitoring.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { versionTaggedAt } from "../../core/promotion/tag-times.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { registrationChange } from "../../core/registry/records.ts";
import { openRequestLog } from "../../core/serving/request-log/open-log.ts";
import type { RequestEntry } from "../../core/serving/request-log/request-log.ts";
import { openNamedFolder } from "../../core/stores/file/named.ts";
import type { DataProfile } from "../../schemas/data-record.ts";
import type { Manifest, Signature, StoredFile } from "../../schemas/manifest.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA, commitId, manifest, promote, WRITTEN } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";

export const POLICY = `slipway: 1
monitor:
  requests: { store: file:.slipway/log }
  labels: { penguins: labels/*.csv }
`;

export const SPEC = `slipway: 1
task: classification
data:
  train: train.csv
  test: test.csv
  label: species
  columns: { bill: { type: double, min: 20 }, island: { type: string } }
train: { run: node train.mjs }
predict: { run: node predict.mjs }
metrics:
  accuracy: { metric: accuracy_score }
  recall: { metric: recall_score, pos_label: gentoo }
  loss: { metric: log_loss }
slices: [island]
monitor:
  bars:
    - { metric: accuracy, at-least: 0.8 }
    - { metric: recall, at-least: 0.5, slice: { island: Biscoe } }
`;

export const SIGNATURE: Signature = {
  inputs: [
    { name: "bill", type: "double" },
    { name: "island", type: "string", optional: true },
  ],
  outputs: [{ name: "prediction", type: "string" }],
};

/** 640 rows, ten between any two whole millimetres from 30.5 to 94.5, on two islands. */
export const FEATURES: DataProfile = {
  slipway: 1,
  rows: 640,
  columns: {
    bill: {
      ...{ type: "double", nulls: 0, nan: 0, infinite: 0, distinct: 64, min: 31, max: 94 },
      cuts: Array.from({ length: 63 }, (_, at) => at + 31),
      counts: Array.from({ length: 64 }, () => 10),
    },
    island: {
      ...{ type: "string", nulls: 0, distinct: 2, other: 0 },
      top: [
        { value: "Biscoe", count: 320 },
        { value: "Dream", count: 320 },
      ],
    },
  },
};

export const PREDICTIONS: DataProfile = {
  slipway: 1,
  rows: 200,
  columns: {
    prediction: {
      ...{ type: "string", nulls: 0, distinct: 2, other: 0 },
      top: [
        { value: "adelie", count: 100 },
        { value: "gentoo", count: 100 },
      ],
    },
  },
};

const MINUTE = 60_000;
/** 2026-03-01T00Z: windows before it are over. The host's clock stands at nine o'clock of that day. */
export const TODAY = Date.parse("2026-03-01T00:00:00Z");
const DAY = 24 * 60 * MINUTE;

/** The begin of the n-th day before today, in milliseconds. */
export const daysAgo = (n: number) => TODAY - n * DAY;

export interface WatchedHost {
  ports: Ports;
  folder: string;
  git(...args: string[]): Promise<string>;
  write(files: Record<string, string>): Promise<void>;
  /** Registers the next version, and puts it into production. */
  release(about?: Partial<Manifest>): Promise<number>;
  store(content: object): Promise<StoredFile>;
  /** Has the log keep requests, as a server would that ends then. */
  ask(entries: readonly Partial<RequestEntry>[], clock?: number): Promise<void>;
  /** Looks, and records what was found. */
  look(about?: Partial<Parameters<typeof monitor>[1]>): ReturnType<typeof lookOnce>;
}

/** A plain repository in which version 1 of `penguins` answers, and is watched. */
export async function watchedHost(
  files: Record<string, string> = {},
  about: Partial<Ports> = {},
): Promise<WatchedHost> {
  const ports = await plainHost({ "slipway.yaml": POLICY, "models/penguins/model.yaml": SPEC, ...files }, about);
  const { folder, state } = ports.workspace;
  const log = {
    store: openNamedFolder(join(folder, ".slipway/log")),
    spool: join(state, "requests"),
    sample: undefined,
  };
  ports.requestLog ??= { ...log, keep: undefined };
  const store = async (content: object): Promise<StoredFile> => {
    const work = await mkdtemp(join(tmpdir(), "slipway-profile-"));
    onTestFinished(() => rm(work, { recursive: true, force: true }));
    await writeFile(join(work, "profile.json"), canonicalJson(content));
    return ports.store.putFile(join(work, "profile.json"));
  };
  let servers = 0;
  const host: WatchedHost = {
    ...{ ports, folder, store },
    git: (...args) => gitIn(folder, ...args),
    async write(changed) {
      for (const [path, text] of Object.entries(changed)) await writeFile(join(folder, path), text);
      await gitIn(folder, "add", "--all", ".");
      await gitIn(folder, "commit", "--quiet", "--message=change");
    },
    async release(more = {}) {
      const profile = await store(FEATURES);
      const predictions_profile = await store(PREDICTIONS);
      let version = 0;
      await publishWithRetry(ports.registry, async (snapshot) => {
        const record = await snapshot.model("penguins");
        version = (record?.latest_version ?? 0) + 1;
        const base = manifest({ version, registered_at: WRITTEN, tagged_at: versionTaggedAt(WRITTEN, record) });
        const source = { ...base.source, commit: commitId(version) };
        const data = { ...base.data, profile };
        return registrationChange({
          manifest: { ...base, source, data, predictions_profile, signature: SIGNATURE, ...more },
          record,
        });
      });
      await promote(ports.registry, version);
      return version;
    },
    async ask(entries, clock = TODAY) {
      servers += 1;
      const replica = (0xa0 + servers).toString(16).padStart(8, "0");
      const opened = await openRequestLog({ ...log, replica, clock: () => clock, every: 60_000 });
      for (const [at, entry] of entries.entries()) opened.record(requestOf(servers, at, entry));
      await opened.close(60_000);
    },
    look: (options) => lookOnce(ports, options),
  };
  await host.release();
  return host;
}

/** A request of one row: by default a Gentoo of Biscoe, who is told for what she is. */
function requestOf(server: number, at: number, about: Partial<RequestEntry>): RequestEntry {
  return {
    ...{ id: `s${server}r${at}`, at: daysAgo(1), ms: 2 },
    version: {
      ...{ folder: "penguins", version: 1, stage: "production", signature: SIGNATURE },
      columns: {},
    },
    rows: [{ bill: 31 + (at % 64), island: at % 2 === 0 ? "Biscoe" : "Dream" }],
    predictions: [
      {
        prediction: at % 2 === 0 ? "gentoo" : "adelie",
        proba_adelie: at % 2 === 0 ? 0.1 : 0.9,
        proba_gentoo: at % 2 === 0 ? 0.9 : 0.1,
      },
    ],
    ...about,
  };
}

async function lookOnce(ports: Ports, about: Partial<Parameters<typeof monitor>[1]> = {}) {
  const result = await monitor(ports, { at: ports.clock(), ...about });
  const recorded = await recordMonitoring(ports, result, { by: ADA, host: "cli" });
  return { ...result, ...recorded };
}

/** So many requests of a day, alike but for the row that each has. */
export function requestsOf(day: number, count: number, about: Partial<RequestEntry> = {}): Partial<RequestEntry>[] {
  return Array.from({ length: count }, () => ({ at: day + MINUTE, ...about }));
}

/** The test of a column, in a record. */
export function testOf(record: WindowRecord | undefined, column: string, what = "distribution") {
  return record?.tests.find((test) => test.column === column && test.what === what);
}
