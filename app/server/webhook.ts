import type { Context } from "hono";
import { z } from "zod";
import type { DeliveryMetrics, DeliveryOutcome } from "../intake/delivery-metrics.ts";
import type { Intake } from "../intake/intake.ts";
import { BodyBudget } from "./read-body.ts";
import type { Signatures } from "./signatures.ts";

/** What an event has that the App reads before any handler does. */
const Payload = z.looseObject({ action: z.string().max(100).optional() });

const DELIVERY = /^[0-9A-Za-z-]{1,100}$/;
const EVENT = /^[a-z_]{1,100}$/;
/** Seconds: GitHub does not come again by itself, but a proxy may; the catch-up asks for it. */
const LATER = { "retry-after": "30" };

export interface WebhookParts {
  verify(body: string, signature: string): Promise<boolean>;
  intake: Pick<Intake, "take">;
  metrics: Pick<DeliveryMetrics, "delivery">;
  signatures: Pick<Signatures, "right" | "wrong">;
}

/**
 * `POST /api/github/webhooks`. It answers as soon as the delivery is known to be GitHub's and is in the queue.
 * Nothing of a body is believed or counted before its signature is checked.
 */
export function webhookRoute({ verify, intake, metrics, signatures }: WebhookParts) {
  const budget = new BodyBudget();
  return async (context: Context): Promise<Response> => {
    const { headers } = context.req.raw;
    const refuse = (status: 400 | 401 | 413 | 415, error: string) => {
      metrics.delivery("unknown", "refused");
      return context.json({ error }, status);
    };
    const busy = (event: string) => {
      metrics.delivery(event, "overloaded");
      return context.json({ error: "busy: come again" }, 503, LATER);
    };
    if (!/^application\/json\s*(;|$)/i.test(headers.get("content-type") ?? ""))
      return refuse(415, "the webhook's content type must be application/json");
    const event = headers.get("x-github-event") ?? "";
    const delivery = headers.get("x-github-delivery") ?? "";
    const signature = headers.get("x-hub-signature-256") ?? "";
    if (!EVENT.test(event) || !DELIVERY.test(delivery)) return refuse(400, "this is not a webhook of GitHub");
    if (signature === "") return refuse(401, "the webhook is not signed");
    const body = await budget.read(context.req.raw);
    if (body === "large") return refuse(413, "the webhook is larger than 25 MB");
    if (body === "broken") return refuse(400, "the webhook ended early");
    if (body === "busy") return busy("unknown");
    // Nothing is what octokit cannot check.
    if (body.length === 0 || !(await verify(body.toString("utf8"), signature))) {
      signatures.wrong(delivery);
      return refuse(401, "the webhook's signature is wrong");
    }
    signatures.right();
    const payload = parse(body);
    if (payload === undefined) return refuse(400, "the webhook is not a JSON object");
    const outcome: DeliveryOutcome = intake.take({
      event,
      delivery,
      payload,
      size: body.length,
      reread: () => parse(body),
    });
    return outcome === "overloaded" ? busy(event) : context.json({ outcome }, 202);
  };
}

function parse(body: Buffer): z.infer<typeof Payload> | undefined {
  try {
    return Payload.safeParse(JSON.parse(body.toString("utf8"))).data;
  } catch {
    return undefined;
  }
}
