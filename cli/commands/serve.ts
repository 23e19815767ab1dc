import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { admission, isLoopback } from "../../api/serving/admission.ts";
import { servingApi } from "../../api/serving/http.ts";
import { listen } from "../../api/serving/listen.ts";
import { openServeLog, type ServeLog } from "../../api/serving/log.ts";
import { openServeMetrics } from "../../api/serving/metrics.ts";
import { followingMetrics, statusRoute } from "../../api/serving/status.ts";
import { vertexContainer } from "../../api/serving/vertex.ts";
import { webhookRoute } from "../../api/serving/webhook.ts";
import { SlipwayError } from "../../core/errors.ts";
import { type PrivateKey, readSigningKey } from "../../core/git/ssh/private-key.ts";
import { sweepWorkFolders } from "../../core/runtime/sweep.ts";
import { openPackaged, type PackagedOptions, preparePackaged } from "../../core/serving/open-packaged.ts";
import { openServing } from "../../core/serving/open-serving.ts";
import type { ServingEvent, ServingHost } from "../../core/serving/serving-host.ts";
import { startAnswering } from "../../core/serving/start-answering.ts";
import manifest from "../../package.json" with { type: "json" };
import type { ServeResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { cannotListen, portNumber, urlOf } from "../listening.ts";
import { withPorts } from "../ports.ts";
import { gatherLines } from "../serve/gather-lines.ts";
import { logEvent } from "../serve/log-event.ts";
import { logLine } from "../serve/log-line.ts";
import { serveOutcome } from "../serve/serve-outcome.ts";

const DEFAULT_PORT = "8080";
const TOKEN = "SLIPWAY_SERVE_TOKEN";
const WEBHOOK_SECRET = "SLIPWAY_SERVE_WEBHOOK_SECRET";
const REPORT_KEY = "SLIPWAY_SERVE_REPORT_KEY";
/** A package's folder: where it is set, nothing else is served. */
const PACKAGE = "SLIPWAY_PACKAGE";
/** The SHA-256 that the package's artifact has to have. */
const DIGEST = "SLIPWAY_ARTIFACT_SHA256";
/** `1`: as --open. */
const OPEN = "SLIPWAY_SERVE_OPEN";
/** Milliseconds: whoever stops a container kills it thirty seconds later. */
const LONGEST_DRAIN = 20_000;
/** Milliseconds in which whoever balances requests hears that this server is not ready. */
const LINGER = 5_000;

interface Options {
  stage?: string;
  port?: string;
  host?: string;
  remote?: string;
  tokenFile?: string;
  lazy?: boolean;
  open?: boolean;
  prepare?: boolean;
}

/**
 * `slipway serve [models…]`: answers by the versions that are in a stage, and follows the registry, until it is interrupted. In a
 * package it answers by that version alone, and follows nothing.
 */
export async function run(session: Session, args: { models?: string[] }, options: Options): Promise<CommandOutcome> {
  const { env, verbose, progress, colors } = session;
  const stage = options.stage ?? "production";
  const reportKey = readReportKey(env[REPORT_KEY]);
  const folder = env[PACKAGE] || undefined;
  if (folder === undefined && options.prepare === true)
    throw new SlipwayError("USAGE", "--prepare is for a package", { expected: `a package's folder in ${PACKAGE}` });
  // What was killed before this left copies of models.
  await sweepWorkFolders();
  progress.dropUnread();
  const lines = gatherLines((text) => progress.note(text));
  // A crash says what came before it, too.
  process.on("exit", lines.flush);
  const log = openServeLog(verbose ? "debug" : "info", (line) =>
    lines.add(session.isWatched && !session.json ? logLine(line, colors) : line.trimEnd()),
  );
  const onEvent = (event: ServingEvent) => logEvent(log, event);
  const output = (model: string, text: string) => progress.output(text, model);
  try {
    if (folder !== undefined)
      return await servePackage(session, args, options, { folder, stage, log, onEvent, output });
    const listening = await listeningAt(session, options, "127.0.0.1");
    return await withPorts(session, options.remote, async (ports) => {
      const start = await startAnswering(ports, output);
      const serving = await openServing(ports, {
        ...{ models: args.models ?? [], stage, lazy: options.lazy === true, start },
        reportKey,
        onEvent,
      });
      return serveUntilAborted(session, serving, { ...listening, stage, log });
    });
  } finally {
    lines.flush();
    process.off("exit", lines.flush);
  }
}

async function servePackage(
  session: Session,
  args: { models?: string[] },
  options: Options,
  {
    output,
    log,
    ...about
  }: Pick<PackagedOptions, "folder" | "stage" | "onEvent"> & {
    log: ServeLog;
    output(model: string, text: string): void;
  },
): Promise<CommandOutcome> {
  const { env, signal, colors } = session;
  const [wanted, another] = args.models ?? [];
  if (another !== undefined)
    throw new SlipwayError("USAGE", "a package holds one version", { expected: "one name", found: another });
  const packaged: PackagedOptions = {
    ...{ ...about, wanted, digest: env[DIGEST] || undefined, env, signal, clock: () => new Date() },
    onOutput: (text) => output(wanted ?? "package", text),
  };
  if (options.prepare === true) {
    const { called, manifest: of } = await preparePackaged(packaged);
    const result: ServeResult = { url: "", stage: about.stage, models: [] };
    return { result, text: `${colors.green("✓")} the environment of ${called} version ${of.version} is set up` };
  }
  const listening = await listeningAt(session, options, "0.0.0.0");
  return serveUntilAborted(session, await openPackaged(packaged), { ...listening, stage: about.stage, log });
}

interface Listening {
  port: number;
  host: string;
  token: string | undefined;
  tokenFile: string | undefined;
  isOpen: boolean;
}

/** Where to listen, and whom to let in. Rejects with USAGE. */
async function listeningAt(session: Session, options: Options, usual: string): Promise<Listening> {
  const { env } = session;
  const host = options.host ?? usual;
  const isOpen = options.open === true || env[OPEN] === "1";
  const token = isOpen ? undefined : await readToken(session, options.tokenFile, host);
  const port = portNumber(options.port ?? vertexContainer(env).port?.toString() ?? DEFAULT_PORT);
  return { port, host, token, tokenFile: options.tokenFile, isOpen };
}

async function serveUntilAborted(
  session: Session,
  serving: ServingHost,
  { port, host, token, tokenFile, isOpen, stage, log }: Listening & { stage: string; log: ServeLog },
): Promise<CommandOutcome> {
  const { env, signal } = session;
  try {
    const secret = env[WEBHOOK_SECRET] || undefined;
    const routes = [
      ...vertexContainer(env).routes,
      statusRoute(serving),
      ...(secret === undefined ? [] : [webhookRoute(serving, secret)]),
    ];
    const metrics = openServeMetrics(serving);
    followingMetrics(metrics, serving);
    const api = servingApi({
      serving,
      log,
      metrics,
      routes,
      version: manifest.version,
      admit: admission({ token, host, isOpen }),
    });
    const listening = await listen(api, { port, host }).catch((cause: unknown) => {
      throw cannotListen(host, port, cause);
    });
    const url = urlOf(host, listening.port);
    await Promise.race([serving.settled(), aborted(signal)]);
    const outcome = serveOutcome(session, serving, {
      url,
      stage,
      token: token && (tokenFile === undefined ? `$${TOKEN}` : `$(cat ${tokenFile})`),
    });
    // Whoever ended it before anything answered is told nothing of what answers.
    const told = signal.aborted ? { ...outcome, text: "" } : outcome;
    if (!signal.aborted) session.answer(outcome);
    await aborted(signal);
    serving.drain();
    const drainMs = drainTime(serving);
    await listening.close(drainMs, isLoopback(host) ? 0 : LINGER);
    await serving.close(drainMs);
    return told;
  } catch (error) {
    await serving.close(0);
    throw error;
  }
}

/** What every request has to carry; undefined for nothing, which only this machine may ask. Rejects with USAGE. */
async function readToken(
  { env, folder }: Session,
  file: string | undefined,
  host: string,
): Promise<string | undefined> {
  if (file !== undefined) {
    const place = path.resolve(folder, file);
    const token = await readFile(place, "utf8").catch((cause: unknown) => {
      throw new SlipwayError("USAGE", `the token's file cannot be read: ${place}`, { cause });
    });
    if (token.trim() !== "") return token.trim();
    throw new SlipwayError("USAGE", `the token's file is empty: ${place}`);
  }
  const token = env[TOKEN] || undefined;
  if (token !== undefined || isLoopback(host)) return token;
  throw new SlipwayError("USAGE", `others can reach this server on ${host}, and it would ask them for no token`, {
    expected: `a token in the environment variable ${TOKEN}, or in the file that --token-file names`,
    hint: `export ${TOKEN}="$(openssl rand -hex 24)", and send it as 'Authorization: Bearer …'; --open if somebody in front asks who comes`,
  });
}

/** What signs the figures of rollouts; undefined without one. Rejects with USAGE, and says nothing of its content. */
function readReportKey(text: string | undefined): PrivateKey | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const key = readSigningKey(text);
  if (key !== undefined) return key;
  throw new SlipwayError("USAGE", `${REPORT_KEY} holds no key that signs here`, {
    expected: "an Ed25519 key without a passphrase, whole, as `ssh-keygen -t ed25519 -N ''` writes it",
  });
}

function aborted(signal: AbortSignal): Promise<unknown> {
  return signal.aborted ? Promise.resolve() : once(signal, "abort");
}

/** As long as the slowest request may take, so that each gets its answer. */
function drainTime(serving: ServingHost): number {
  const times = serving.endpoints().flatMap(({ live }) => (live ? [live.timeoutMs] : []));
  return Math.min(Math.max(0, ...times), LONGEST_DRAIN);
}
