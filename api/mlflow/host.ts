import type { Authorize } from "../../core/acts/authorize.ts";
import type { Ports } from "../../core/acts/ports.ts";
import type { Experiments } from "../../core/experiments/open.ts";
import type { Act } from "../../core/promotion/decide-authority.ts";
import type { Catalogs } from "../../core/registry/catalog.ts";
import type { CommitId, Person } from "../../schemas/names.ts";
import type { BodyPace } from "./timely-body.ts";
import type { TrackingServer } from "./tracking-server.ts";

/** What MLflow's API is served from: one repository, its acts, and its registry in memory. */
export interface MlflowHost {
  ports: Ports;
  catalogs: Catalogs;
  /** Where the registry stands, for reading: cheap, since it is asked for with each request. */
  tip(): Promise<CommitId | undefined>;
  experiments: Experiments;
  /** Where uploads wait until they are registered; they can be thrown away. */
  uploads: string;
  /** Bytes of one upload; more is refused. */
  maxUploadBytes: number;
  /** How slowly an upload may come; as `timelyBody` has it. */
  uploadPatience?: BodyPace | undefined;
  /** The server that has the runs of others, if the operator named one. */
  tracking?: TrackingServer | undefined;
}

/** Who asks, as the host knows them. */
export interface Caller {
  person: Person;
  /** Whether they may, by the policy's roles; absent if the host cannot say who anybody is. */
  authorize?: ((act: Act) => Authorize) | undefined;
}

/** A question of a client, whatever server it came through. */
export interface MlflowRequest {
  sent: Readonly<Record<string, unknown>>;
  caller: Caller;
  /** This server's artifacts, as whoever asks calls it: a client may have another server for its runs. */
  artifacts: string;
}

export type RouteHandler = (host: MlflowHost, request: MlflowRequest) => Promise<object>;
