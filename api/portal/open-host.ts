import { join } from "node:path";
import { localName } from "../../core/acts/local-name.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { proposeFiles } from "../../core/acts/propose.ts";
import { signersOf } from "../../core/acts/signers.ts";
import { openExperiments } from "../../core/experiments/open.ts";
import { looseRef } from "../../core/git/loose-ref.ts";
import { openCatalogs } from "../../core/registry/catalog.ts";
import { REGISTRY_REF } from "../../core/registry/paths.ts";
import type { PortalHost } from "./request/host.ts";

/** Serves the portal from a plain repository that holds its own registry. Reading where it stands starts no process. */
export function openPortalHost(ports: Ports, about: Pick<PortalHost, "packageRoot" | "retrain"> = {}): PortalHost {
  const { objects, workspace, remote } = ports;
  return {
    ports: { ...ports, name: "portal", runsUserCode: false },
    catalogs: openCatalogs(objects, { remote, signers: signersOf(ports) }),
    tip: async () => looseRef(workspace, REGISTRY_REF) ?? (await ports.registry.snapshot()).commit,
    experiments: openExperiments(objects, remote),
    repository: localName(workspace),
    base: "",
    runs: join(workspace.state, "runs"),
    ...about,
    propose: (proposal) => proposeFiles(ports, proposal),
  };
}
