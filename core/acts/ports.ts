import type { GitObjects } from "../git/objects.ts";
import type { Workspace } from "../git/workspace.ts";
import type { Registry } from "../registry/registry.ts";
import type { RequestLogPlace } from "../serving/request-log/place.ts";
import type { ArtifactStore } from "../stores/store.ts";

/** What an act needs of the place it runs in. Command line, App and tests each hand in their own. */
export interface Ports {
  /** Recorded with every decision: cli, app, bot. */
  name: string;
  /** Whether the host knows who a person is, so that a second person's approval means something. */
  identifiesUsers: boolean;
  /** Whether this process may start user code: the command line and Actions may, the App never does. */
  runsUserCode: boolean;
  workspace: Workspace;
  objects: GitObjects;
  registry: Registry;
  store: ArtifactStore;
  /** This clone's own store, where `store` is a service: what a run makes that becomes no version stays here. */
  ownStore?: ArtifactStore | undefined;
  /** The request log that the policy names; undefined if it names none. */
  requestLog?: RequestLogPlace | undefined;
  /** The remote that holds the default branch and the registry; undefined for this repository itself. */
  remote: string | undefined;
  clock(): Date;
  signal?: AbortSignal | undefined;
}
