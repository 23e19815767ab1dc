import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Isolation } from "../../schemas/manifest.ts";

export interface Guest {
  /** A line for `sh -c`. */
  command: string;
  cwd: string;
  /** The whole environment of the command. */
  env: Readonly<Record<string, string>>;
  /** The environment of what watches over it: nothing of the caller's, so that there is nothing to read in it. */
  own: Readonly<Record<string, string>>;
  /** Folders that the command sees and cannot change, and folders in these that it may write. */
  readOnly: readonly string[];
  writable: readonly string[];
  /** How long what is left over may take to end after SIGTERM, in milliseconds. */
  graceMs: number;
  /** The command gets two pipes more: what is written to `stdio[5]` it reads on descriptor 3, and `stdio[6]` gives what it writes to 4. */
  answers?: boolean;
}

/** How this machine starts user code; found out once, by trying. */
interface Means {
  isolation: Isolation;
  start: readonly string[];
  /** What user code's process may not do: of root's rights, those to mount and to set the clock back. */
  drop: readonly string[];
}

const PROCESS_GROUP: Means = { isolation: "process-group", start: [], drop: [] };
const SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
const SHELL = "/bin/sh";
const PIPES = ["pipe", "pipe"] as const;
/** How long trying may take. */
const PATIENCE = 10_000;

/*
 * The supervisor is a shell: it takes a millisecond to start and a megabyte. User code's variables come by descriptor 3
 * and not by its environment: LD_PRELOAD and the like take effect in user code alone. A command ends with its supervisor.
 */
const RECEIVE = `exec 2>&1
eval "$(cat <&3)"
exec 3<&-
cd "$1" || exit 126
unset OLDPWD`;

const RUN = `${SHELL} -c "$2"`;
const RUN_ANSWERING = `${RUN} 3<&5 4>&6 5<&- 6>&-`;

/** As the first process of its namespace: whatever is orphaned in there becomes its child, and ends when it ends. */
const firstProcess = (run: string) => `${RECEIVE}
SLIPWAY_TOLD=
trap 'SLIPWAY_TOLD=1' TERM
${run}
SLIPWAY_CODE=$?
[ "$$" = 1 ] || exit "$SLIPWAY_CODE"
[ "$SLIPWAY_TOLD" ] || kill -s TERM -- -1 2>/dev/null
SLIPWAY_LEFT=$3
while [ "$SLIPWAY_LEFT" -gt 0 ] && kill -s 0 -- -1 2>/dev/null; do
  /bin/sleep 0.05
  SLIPWAY_LEFT=$((SLIPWAY_LEFT - 1))
done
exit "$SLIPWAY_CODE"`;

/** Descriptor 4 ends when the platform's process does, also by `kill -9`: then the process group is ended. */
const groupLeader = (run: string) => `${RECEIVE}
(
  trap '' TERM
  read -r SLIPWAY_END <&4
  kill -s KILL -- -"$$"
) >/dev/null 2>&1 5<&- 6>&- &
SLIPWAY_WATCH=$!
exec 4<&-
${run}
SLIPWAY_CODE=$?
kill -s KILL "$SLIPWAY_WATCH" 2>/dev/null
exit "$SLIPWAY_CODE"`;

/** With the rights to mount, which go before anything of the user's starts. */
const MOUNT = `own=$1 folder=$2 command=$3 ticks=$4
shift 4
for path; do
  case $path in
    w*) mount --bind "\${path#w}" "\${path#w}" ;;
    r*) mount --rbind "\${path#r}" "\${path#r}" && mount -o remount,bind,ro "\${path#r}" ;;
  esac
done 2>/dev/null
exec "$SETPRIV" $DROP ${SHELL} -c "$own" sh "$folder" "$command" "$ticks"`;

/**
 * Starts a command below a supervisor, in a session of its own, with standard input closed. In a process namespace
 * (`pid-namespace`) it sees its own processes alone, `readOnly` folders cannot be written, and all of it ends with the
 * supervisor, which ends with this process. Elsewhere (`process-group`) its process group ends with this process.
 */
export function startGuest(guest: Guest, means: Means): ChildProcess {
  const { command, cwd, readOnly, writable, graceMs, answers } = guest;
  const run = answers ? RUN_ANSWERING : RUN;
  const isFirst = means.isolation === "pid-namespace";
  const mounts = [...writable.map((path) => `w${path}`), ...readOnly.map((path) => `r${path}`)];
  const ticks = String(Math.ceil(graceMs / 50));
  const [setpriv = "", ...rights] = means.drop;
  const [program = SHELL, ...args] = isFirst
    ? [...means.start, SHELL, "-c", MOUNT, "sh", firstProcess(run), cwd, command, ticks, ...mounts]
    : [SHELL, "-c", groupLeader(run), "sh", cwd, command];
  const env = { PATH: SYSTEM_PATH, ...guest.own, ...(isFirst ? { SETPRIV: setpriv, DROP: rights.join(" ") } : {}) };
  const child = spawn(program, args, {
    ...{ cwd: "/", env, detached: true },
    stdio: ["ignore", "pipe", "pipe", "pipe", isFirst ? "ignore" : "pipe", ...(answers ? PIPES : [])],
  });
  const variables = child.stdio[3];
  if (variables && "write" in variables) {
    // It may end before it has read them.
    variables.on("error", () => {});
    variables.end(asShell(guest.env));
  }
  return child;
}

/** How far user code is kept apart on this machine. */
export async function detectIsolation(): Promise<Isolation> {
  return (await findMeans()).isolation;
}

let found: Promise<Means> | undefined;

/** What this machine can do for `isolation` (default: the best that it can); tried once for a process. */
export function findMeans(isolation?: Isolation): Promise<Means> {
  if (isolation === "process-group") return Promise.resolve(PROCESS_GROUP);
  found ??= tryMeans();
  return found;
}

async function tryMeans(): Promise<Means> {
  if (process.platform !== "linux") return PROCESS_GROUP;
  const [setpriv, unshare] = [findProgram("setpriv"), findProgram("unshare")];
  if (setpriv === undefined || unshare === undefined) return PROCESS_GROUP;
  const namespaces = ["--pid", "--mount", "--mount-proc", "--fork", "--kill-child=KILL"];
  const asUser = ["--user", "--map-current-user", "--keep-caps"];
  const isRoot = process.getuid?.() === 0;
  const drop = isRoot
    ? ["--inh-caps=-sys_admin,-sys_time", "--bounding-set=-sys_admin,-sys_time"]
    : ["--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"];
  for (const rights of isRoot ? [[], asUser] : [asUser]) {
    const start = [setpriv, "--pdeathsig", "KILL", unshare, ...rights, ...namespaces];
    const means: Means = { isolation: "pid-namespace", start, drop: [setpriv, ...drop] };
    if (await works(means)) return means;
  }
  return PROCESS_GROUP;
}

function works(means: Means): Promise<boolean> {
  const guest = { command: '[ "$PPID" = 1 ]', cwd: "/", env: {}, own: {}, readOnly: [], writable: [], graceMs: 0 };
  return new Promise((resolve) => {
    const child = startGuest(guest, means);
    const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
    child.once("error", () => resolve(false));
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

/** Variables that some shells let nobody set: they would end there. */
const READ_ONLY = new Set(["PPID", "UID", "EUID", "SHELLOPTS", "BASHOPTS"]);

/** Variables as lines that a shell exports. */
function asShell(env: Readonly<Record<string, string>>): string {
  const lines = Object.entries(env)
    .filter(([name]) => !READ_ONLY.has(name))
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`);
  return `unset SETPRIV DROP\n${lines.join("\n")}\n`;
}

function findProgram(name: string): string | undefined {
  const folders = [...SYSTEM_PATH.split(":"), ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
