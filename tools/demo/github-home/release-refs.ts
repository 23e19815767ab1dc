import { fileURLToPath } from "node:url";
import { readRelease } from "../../../cli/init/release.ts";

/** The refs at which `slipway init --github` and Slipway's own workflows name Slipway's workflows and Actions. */
export async function releaseRefs(): Promise<string[]> {
  const { commit } = await readRelease(fileURLToPath(new URL("../../..", import.meta.url)));
  return ["v1", commit];
}
