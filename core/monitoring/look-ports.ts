import type { MonitorResult, WindowRecord } from "../../schemas/monitoring.ts";
import type { ModelName, Person, StageName, Timestamp, VersionNumber } from "../../schemas/names.ts";
import type { DataAccess } from "../data/remote/place.ts";
import type { GitObjects } from "../git/objects.ts";
import type { EvaluatedVersion } from "../promotion/evaluated.ts";
import type { LogSource } from "../serving/request-log/list-log.ts";
import type { LoadedModel } from "../spec/project.ts";
import type { NamedStore } from "../stores/named.ts";
import type { ArtifactStore } from "../stores/store.ts";
import type { Monitoring } from "./open-branch.ts";

export interface LookPorts {
  objects: GitObjects;
  store: ArtifactStore;
  branch: Monitoring;
  log: LogSource;
  /** Opens where the policy has labelled rows kept to train on; resolves to undefined if it has none kept. Throws POLICY_INVALID. */
  rows(): NamedStore | undefined;
  /** A version of the model, as decisions see it. */
  version(number: VersionNumber): Promise<EvaluatedVersion | undefined>;
  /** A folder for what a look brings here, which goes with it. */
  work(): Promise<string>;
  /** A folder for what is quicker to know than to find out again. */
  cache: string;
  /** The folder that a path of `monitor.labels` begins in. */
  root: string;
  access: DataAccess;
  clock(): Date;
  signal?: AbortSignal | undefined;
}

export interface AskedModel {
  /** Its folder's name in the registry, which the log has. */
  model: ModelName;
  /** The spec at the default branch's tip; undefined if the model has none. */
  loaded: LoadedModel | undefined;
  stage: StageName;
  /** Where its labels come to, if the policy says so. */
  labels: string | undefined;
  /** Windows from then on, and those that are over at `at`. */
  since: Timestamp;
  at: Timestamp;
  /** The log may have lost rows of before then: a later look would find less. Undefined where it is kept for good. */
  keptSince?: Timestamp | undefined;
  by: Person;
  host: string;
  /** Records to make, at most: of the newest windows. */
  most: number;
}

export interface ModelLook {
  windows: WindowRecord[];
  unchanged: number;
  left: number;
  notes: MonitorResult["notes"];
  /** What kept a part of the look from being done: windows that no look knew were looked at without labels. */
  problems: MonitorResult["problems"];
}
