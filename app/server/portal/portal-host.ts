import type { PortalHost } from "../../../api/portal/request/host.ts";
import { startComparison } from "../../commands/run/comparing.ts";
import { lookForMovedData } from "../../commands/run/retrain.ts";
import type { EventContext } from "../../github/event-context.ts";
import { mirrorHost } from "../mirror-host.ts";
import { type PersonalAccess, proposeAsPerson } from "./propose.ts";

/** Serves the portal from the mirror of a repository on GitHub, to one person. */
export function portalHost(context: EventContext, access: PersonalAccess, writes: boolean): PortalHost {
  const { repository } = context;
  return {
    ...mirrorHost(context, writes),
    repository: repository.fullName,
    url: repository.url,
    base: `/r/${repository.fullName}`,
    propose: (proposal) => proposeAsPerson(context, access, proposal),
    async compare(pairs) {
      let url = "";
      for (const pair of pairs) url = await startComparison(context, pair);
      return url;
    },
    async retrain({ model }) {
      const url = await lookForMovedData(context, { model });
      const said = `The default branch's own run looks whether the data of ${model} has moved. If it has, a pull request with the new pins opens.`;
      return { said, link: { url, words: "The runs that monitor" } };
    },
  };
}
