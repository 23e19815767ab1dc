import { join } from "node:path";
import { monitor } from "../../../core/acts/monitor.ts";
import { recordMonitoring } from "../../../core/acts/record-monitoring.ts";
import { openObjects } from "../../../core/git/objects.ts";
import { openWorkspace } from "../../../core/git/workspace.ts";
import { registryOn } from "../../../core/registry/open.ts";
import { openFolderStore } from "../../../core/stores/file/folder.ts";
import { openNamedFolder } from "../../../core/stores/file/named.ts";
import { ADA } from "../../../test/registry/builders.ts";
import { timed } from "../measurement.ts";

/** A look and its record in this process, which has loaded all that it needs: milliseconds. */
export async function lookInProcess(folder: string): Promise<{ ms: number; written: number }> {
  const objects = await openObjects(folder);
  try {
    const workspace = await openWorkspace(folder);
    const log = { store: openNamedFolder(join(folder, ".slipway/log")), spool: join(workspace.state, "requests") };
    const ports = {
      ...{ name: "bench", objects, workspace, registry: await registryOn(objects, undefined, undefined) },
      store: openFolderStore(join(folder, ".slipway/store"), "file:.slipway/store"),
      ...{ requestLog: { ...log, sample: undefined, keep: undefined }, remote: undefined, clock: () => new Date() },
    };
    let written = 0;
    const ms = await timed(async () => {
      const result = await monitor(ports, { at: new Date() });
      ({ written } = await recordMonitoring(ports, result, { by: ADA, host: "bench" }));
    });
    return { ms, written };
  } finally {
    await objects.close();
  }
}
