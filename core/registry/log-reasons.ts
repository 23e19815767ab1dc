import type { Person } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { samePerson } from "../promotion/approvals.ts";
import type { LogEntry } from "./log-entry.ts";
import type { RegistrySnapshot } from "./registry.ts";

/** An act with what its records say of why. */
export interface ReasonedEntry extends LogEntry {
  /** What the person said. */
  reason?: string;
  /** Why it was refused, or did not go through. */
  refusals?: string[];
  /** Who asked, where that is somebody else than who acted last. */
  asked_by?: Person;
  /** Whose approvals counted. */
  approved_by?: Person[];
  /** Where on GitHub it was asked for. */
  url?: string;
  /** Whose word it is that the version's bytes are in the store, where the host that acted could not read it. */
  bytes?: string;
  /** Why its records could not be read: `verify` says more. */
  unreadable?: string;
}

/** Reads why from the act's own records; a commit made by hand has none. What cannot be read hides no act. */
export async function withReason(snapshot: RegistrySnapshot, entry: LogEntry): Promise<ReasonedEntry> {
  try {
    return await reasoned(snapshot, entry);
  } catch (error) {
    if (!(error instanceof SlipwayError && error.code === "REGISTRY_CORRUPT")) throw error;
    return { ...entry, unreadable: error.message };
  }
}

async function reasoned(snapshot: RegistrySnapshot, entry: LogEntry): Promise<ReasonedEntry> {
  const { model, act, version, decision: id, review: said, request: asked, change: changed } = entry;
  const { rollout: number } = entry;
  if (model === undefined) return entry;
  const decision = id === undefined ? undefined : await snapshot.read({ kind: "decision", model, id });
  const review = said === undefined ? undefined : await snapshot.read({ kind: "review", model, id: said });
  const request = asked === undefined ? undefined : await snapshot.read({ kind: "request", model, id: asked });
  const change = changed === undefined ? undefined : await snapshot.read({ kind: "change", model, id: changed });
  const stepped =
    id === undefined || number === undefined
      ? undefined
      : await snapshot.read({ kind: "rollout", model, decision: id, n: number });
  const made = act === "register" && version !== undefined ? await snapshot.manifest(model, version) : undefined;
  const bytes = made?.manifest.bytes;
  const attested = bytes?.outcome === "attested" ? bytes : decision?.artifact_check;
  const reason = stepped?.reason ?? change?.reason ?? review?.reason ?? decision?.reason ?? request?.reason;
  const requester = stepped === undefined ? (decision?.requested_by ?? request?.requested_by) : undefined;
  const { url } = stepped?.source ?? review?.source ?? decision?.source ?? request?.source ?? {};
  const refusals = decision?.refusals.map(({ message, code }) => `${message} [${code}]`) ?? [];
  const approved = decision?.approvals?.map(({ by }) => by) ?? [];
  return {
    ...entry,
    ...(reason === undefined ? {} : { reason }),
    ...(refusals.length === 0 ? {} : { refusals }),
    ...(requester === undefined || samePerson(requester, entry.actor) ? {} : { asked_by: requester }),
    ...(approved.length === 0 ? {} : { approved_by: approved }),
    ...(url === undefined ? {} : { url }),
    ...(attested?.outcome === "attested" ? { bytes: `bytes attested by run ${attested.run}` } : {}),
  };
}
