// A process of its own that puts a folder into a store and brings it back, its digests checked, and says what memory that took at most.
import { openStore } from "../../core/stores/open/open-store.ts";
import type { StoreChoice } from "../../schemas/policy.ts";

const [choice = "", folder = "", target = ""] = process.argv.slice(2);
const store = openStore(JSON.parse(choice) as StoreChoice, "/");
const artifact = await store.putFolder(folder);
const state = await store.has(artifact);
await store.getFolder(artifact, target);
const { maxRSS } = process.resourceUsage();
process.stdout.write(JSON.stringify({ state, size: artifact.size, peakMiB: maxRSS / 1024 }));
