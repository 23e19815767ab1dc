import { createHmac, randomUUID } from "node:crypto";
import type { App, Delivery, Payload, State } from "../state.ts";

const TIMEOUT_MS = 10_000;

type Message = Pick<Delivery, "guid" | "event" | "action" | "installationId" | "repositoryId" | "body">;

/** Queues a webhook for an App that has an address: one after the other, and as the faults say. */
export function deliver(state: State, app: App, event: string, payload: Payload): void {
  if (app.webhook === undefined) return;
  const { action, installation, repository } = payload as {
    action?: string;
    installation?: { id: number };
    repository?: { id: number };
  };
  const message: Message = {
    guid: randomUUID(),
    event,
    action: action ?? null,
    installationId: installation?.id ?? null,
    repositoryId: repository?.id ?? null,
    body: JSON.stringify(payload),
  };
  const send = () => attempt(state, app, message, false);
  const fault = state.faults.takeDelivery(event);
  if (fault?.kind === "lost") return;
  if (fault?.kind === "delayed") state.work.add(Promise.resolve(fault.until?.()).then(send));
  else if (fault?.kind === "reordered") app.held = send;
  else if (fault?.kind === "dropped") record(state, app, message, false, { statusCode: 504, status: "timed out" });
  else if (fault?.kind === "doubled") queue(state, app, () => send().then(send));
  else queue(state, app, send);
}

/** Tries a delivery of the log again, under its old `guid`. */
export function redeliver(state: State, app: App, delivery: Delivery): void {
  queue(state, app, () => attempt(state, app, delivery, true));
}

function queue(state: State, app: App, send: () => Promise<void>): void {
  const { held } = app;
  app.held = undefined;
  app.sent = app.sent.then(send).then(held);
  state.work.add(app.sent);
}

/** Never rejects: what came of it is in the log. */
async function attempt(state: State, app: App, message: Message, redelivery: boolean): Promise<void> {
  const { url, secret } = app.webhook ?? { url: "", secret: "" };
  const sign = (hash: string) => `${hash}=${createHmac(hash, secret).update(message.body).digest("hex")}`;
  const signed = secret === "" ? {} : { "X-Hub-Signature": sign("sha1"), "X-Hub-Signature-256": sign("sha256") };
  const headers = {
    Accept: "*/*",
    // One for each: an App may be about to end one that was kept.
    Connection: "close",
    "Content-Type": "application/json",
    "User-Agent": "GitHub-Hookshot/sandbox",
    "X-GitHub-Delivery": message.guid,
    "X-GitHub-Event": message.event,
    "X-GitHub-Hook-ID": String(app.webhook?.id ?? 0),
    "X-GitHub-Hook-Installation-Target-ID": String(app.id),
    "X-GitHub-Hook-Installation-Target-Type": "integration",
    ...signed,
  };
  const started = performance.now();
  const end = await fetch(url, {
    method: "POST",
    headers,
    body: message.body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).then(
    async (answer) => {
      await answer.arrayBuffer();
      const status = answer.ok ? "OK" : `Invalid HTTP Response: ${answer.status}`;
      return { statusCode: answer.status, status };
    },
    (error: Error) => ({ statusCode: 504, status: error.name === "TimeoutError" ? "timed out" : "failed to connect" }),
  );
  const duration = Math.round(performance.now() - started) / 1000;
  record(state, app, message, redelivery, { ...end, duration, requestHeaders: headers });
}

function record(state: State, app: App, message: Message, redelivery: boolean, end: Partial<Delivery>): void {
  app.deliveries.push({
    ...message,
    id: state.nextId(),
    redelivery,
    deliveredAt: state.now(),
    duration: 0,
    statusCode: 0,
    status: "",
    requestHeaders: {},
    ...end,
  });
}
