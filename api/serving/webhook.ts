import { verify } from "@octokit/webhooks-methods";
import { REGISTRY_REF } from "../../core/registry/paths.ts";
import type { ServingHost } from "../../core/serving/serving-host.ts";
import { errorField } from "./error-field.ts";
import { RefusedRequest } from "./refusal.ts";
import type { Reply, Route } from "./route.ts";

/**
 * `POST /-/webhook`: GitHub's push event, signed with the secret, makes serving look at the registry at once. Nothing of its
 * body is believed: what the registry holds is read from Git in any case, so a webhook that is lost costs seconds.
 */
export function webhookRoute(serving: Pick<ServingHost, "poke">, secret: string): Route {
  return {
    ...{ method: "POST", path: "/-/webhook", name: "webhook", isOpen: true, refuse: errorField },
    async answer({ header, text }): Promise<Reply> {
      const signature = header("x-hub-signature-256") ?? "";
      if (!/^sha256=[0-9a-f]{64}$/.test(signature)) throw new RefusedRequest(401, "The webhook is not signed.");
      const body = await text();
      // Nothing is what octokit cannot check.
      if (body === "" || !(await verify(secret, body, signature)))
        throw new RefusedRequest(401, "The webhook's signature is wrong: it has to be made with this server's secret.");
      const isRegistry = header("x-github-event") === "push" && refOf(body) === REGISTRY_REF;
      if (isRegistry) serving.poke();
      return { status: 202, body: { outcome: isRegistry ? "taken" : "ignored" } };
    },
  };
}

function refOf(body: string): unknown {
  try {
    return (JSON.parse(body) as { ref?: unknown } | null)?.ref;
  } catch {
    throw new RefusedRequest(400, "The webhook is not JSON: its content type has to be application/json.");
  }
}
