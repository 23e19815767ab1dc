import { spawn } from "node:child_process";
import { cp } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { git, gitEnvironment } from "../../core/git/run.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { findDescendants } from "../../core/runtime/descendants.ts";
import { freePort } from "../free-port.ts";
import { buildWriter, makeBaseRegistry } from "./base-registry.ts";
import { Broken, type Kind } from "./kind.ts";
import { openHarness } from "./shim.ts";
import { countActs, refuseLostActs, saidBy } from "./state-of.ts";
import type { Act, Orders } from "./writer.ts";

/** What is between a clone and its remote: how many bytes pass before it cuts, and how long each piece waits. */
interface Wire {
  bytes: number;
  milliseconds: number;
  passed: number;
}

/** Git's own server behind a wire that cuts, or is slow. */
export const remote: Kind = {
  name: "remote",
  does: "a remote drops the connection at any byte, or answers slowly: what was acknowledged is there once, and doing it again finishes it",
  share: 15,
  async prepare(folder) {
    const [base, writer] = [join(folder, "base.git"), await buildWriter(folder)];
    await makeBaseRegistry(base);
    const harness = await openHarness(folder);
    const wire: Wire = { bytes: Number.POSITIVE_INFINITY, milliseconds: 0, passed: 0 };
    const daemon = await startDaemon(folder);
    const proxy = await startProxy(daemon.port, wire);
    let whole = 20_000;
    return {
      how: "git daemon behind a proxy",
      async end() {
        proxy.server.close();
        process.kill(-daemon.pid, "SIGTERM");
      },
      async trial(random, own) {
        const registry = join(own, "registry.git");
        await cp(base, registry, { recursive: true });
        await git(registry, ["config", "daemon.receivepack", "true"]);
        const clone = join(own, "clone.git");
        await git(own, ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", clone]);
        const path = registry.slice(folder.length);
        await git(clone, ["remote", "add", "origin", `git://127.0.0.1:${proxy.port}${path}`]);
        const acts: Act[] = [
          { do: "register", model: "penguins", source: random.hex(40) },
          { do: "promote", version: 3, id: `p${random.hex(6)}` },
        ];
        const orders: Orders = { folder: clone, remote: "origin", acts };
        const run = () => harness.run([process.execPath, writer, JSON.stringify(orders)], own, { at: 0 });
        const slow = random.chance(0.2);
        Object.assign(wire, { passed: 0, milliseconds: slow ? 20 + random.int(60) : 0 });
        wire.bytes = slow ? Number.POSITIVE_INFINITY : random.int(whole);
        const first = saidBy((await run()).stdout);
        if (slow) whole = Math.max(2_000, wire.passed);
        refuseLostActs(acts, (await countActs(registry, acts)).times, first.acknowledged);
        const { findings } = await verifyRegistry({ folder: registry });
        const codes = [...new Set(findings.map(({ code }) => code))].join(" ") || "clean";
        Object.assign(wire, { bytes: Number.POSITIVE_INFINITY, milliseconds: 0, passed: 0 });
        // What receives may not know yet that nobody is there any more: the daemon has a process for it until then.
        while (findDescendants({ pid: daemon.pid, mark: "" }).length > 1) await sleep(10);
        const second = await run();
        const again = saidBy(second.stdout);
        if (again.acknowledged.length !== acts.length) throw new Broken(`again: ${second.stdout} ${second.stderr}`);
        refuseLostActs(acts, (await countActs(registry, acts)).times, again.acknowledged);
        for (const at of [{ folder: registry }, { folder: clone, remote: "origin" }]) {
          const left = (await verifyRegistry(at)).findings;
          if (left.length > 0) throw new Broken(left.map(({ message }) => message).join("; "));
        }
        const refused = first.refused.map(({ code }) => code).join(" ") || "all acknowledged";
        return slow ? `slow: ${refused}` : `cut: ${refused}, verify: ${codes}`;
      },
    };
  },
};

async function startDaemon(folder: string): Promise<{ port: number; pid: number }> {
  const port = await freePort();
  const args = ["--reuseaddr", "--export-all", "--listen=127.0.0.1", `--port=${port}`, `--base-path=${folder}`];
  // Not by way of `git daemon`, which would be a process more.
  const daemon = join((await git(folder, ["--exec-path"])).toString().trim(), "git-daemon");
  const child = spawn(daemon, [...args, "--enable=receive-pack", folder], {
    detached: true,
    stdio: "ignore",
    env: gitEnvironment(),
  });
  while (child.exitCode === null && child.signalCode === null) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return { port, pid: child.pid as number };
    await sleep(50);
  }
  throw new Error("git daemon ended before it listened");
}

async function startProxy(to: number, wire: Wire): Promise<{ port: number; server: Server }> {
  const server = createServer((near) => {
    const far = createConnection(to, "127.0.0.1");
    const cut = () => {
      near.resetAndDestroy();
      far.resetAndDestroy();
    };
    for (const socket of [near, far]) socket.on("error", cut);
    pass(near, far, wire, cut);
    pass(far, near, wire, cut);
  });
  return { port: await listening(server), server };
}

/** Byte for byte: what is over is not passed on. */
function pass(from: Socket, to: Socket, wire: Wire, cut: () => void): void {
  from.on("data", async (chunk: Buffer) => {
    from.pause();
    if (wire.milliseconds > 0) await sleep(wire.milliseconds);
    const left = wire.bytes - wire.passed;
    wire.passed += chunk.length;
    if (chunk.length <= left) to.write(chunk);
    else {
      if (left > 0) to.write(chunk.subarray(0, left));
      setTimeout(cut, 5);
      return;
    }
    from.resume();
  });
  from.on("end", () => to.end());
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
  );
}
