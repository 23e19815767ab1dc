import type { PortalHost } from "../../../api/portal/request/host.ts";
import type { EventContext } from "../../github/event-context.ts";
import { mirrorHost } from "../mirror-host.ts";

/** Serves the portal from the mirror of a repository on GitHub. */
export function portalHost(context: EventContext, { writes }: { writes: boolean; token: string }): PortalHost {
  const { repository } = context;
  return {
    ...mirrorHost(context, writes),
    repository: repository.fullName,
    url: repository.url,
    base: `/r/${repository.fullName}`,
  };
}
