import type { Authorize, AuthorizeApprover } from "../../../core/acts/authorize.ts";
import type { ComparedPair } from "../../../core/acts/compare-title.ts";
import type { Ports } from "../../../core/acts/ports.ts";
import type { ProposedFiles } from "../../../core/acts/propose.ts";
import type { Experiments } from "../../../core/experiments/open.ts";
import type { Act } from "../../../core/promotion/decide-authority.ts";
import type { Catalogs } from "../../../core/registry/catalog.ts";
import type { CommitId, Person } from "../../../schemas/names.ts";
import type { Said } from "./said.ts";

/** What the portal is served from: one repository, its acts, its registry in memory. */
export interface PortalHost {
  ports: Ports;
  catalogs: Catalogs;
  /** Where the registry stands, for reading: cheap, since it is asked for with each request. */
  tip(): Promise<CommitId | undefined>;
  experiments: Experiments;
  /** `owner/name` on GitHub; of a plain repository `local/` and its folder's name. The acts' source says so, too. */
  repository: string;
  /** The repository's page on GitHub, without a slash at the end; undefined for a plain repository. */
  url?: string | undefined;
  /** What every path of the portal begins with: "" or `/r/owner/name`. */
  base: string;
  /** Where Slipway's own files are, which new models start from; undefined on a server without them. */
  packageRoot?: string | undefined;
  /** Folder of this machine's own runs, `.slipway/runs`; undefined on a server that runs none. */
  runs?: string | undefined;
  /** Proposes files for the default branch: a pull request, or a branch of a plain repository. Undefined if it cannot. */
  propose?: ((proposal: ProposedFiles) => Promise<Proposed>) | undefined;
  /**
   * Has versions compared by a run that may read the store, where this host may not; what the run finds decides the request.
   * Resolves to the run's page. Undefined on a host that compares by itself.
   */
  compare?: ((pairs: readonly ComparedPair[]) => Promise<string>) | undefined;
  /**
   * Looks whether a model's data outside the repository moved, and proposes the new pins; or has a run do that. Rejects as
   * openRetrain does. Undefined if nothing here can look.
   */
  retrain?: ((asked: { model: string; reason?: string | undefined; by: Person }) => Promise<Said>) | undefined;
}

export interface Proposed {
  branch: string;
  /** The pull request's page, on GitHub. */
  url?: string | undefined;
}

/** Who looks, as the host knows them. */
export interface Visitor {
  person: Person;
  /** Why nothing can be changed in this session; undefined if it can. */
  readOnly?: string | undefined;
  /** Whether they may, by the policy's roles; absent if the host cannot say who anybody is. */
  authorize?: ((act: Act) => Authorize) | undefined;
  mayApprove?: AuthorizeApprover | undefined;
  session: Session;
  /** Where a person signs out, on a host where people sign in. */
  signOut?: string | undefined;
}

/** One browser of one person. */
export interface Session {
  /** Names it in limits and messages; never shown. */
  id: string;
  /** What its forms' tokens are sealed with. */
  secret: Buffer;
}
