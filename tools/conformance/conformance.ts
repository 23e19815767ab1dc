// Compares with the real tools: `npm run conformance`. Each driver installs what it needs once, outside this repository.
import { run as conformDrift } from "./drift.ts";
import { conformGto } from "./gto.ts";
import { conformManifests } from "./manifests.ts";
import { conformMlflow } from "./mlflow.ts";
import { conformServing } from "./serving.ts";
import { run as conformSklearn } from "./sklearn.ts";
import { conformTracking } from "./tracking.ts";

let failed = 0;
let cases = 0;
const PARTS = [
  ...[conformSklearn, conformDrift, conformGto, conformMlflow],
  ...[conformTracking, conformServing, conformManifests],
];
for (const conform of PARTS) {
  const result = await conform();
  cases += result.cases;
  failed += result.failures.length;
  process.stdout.write(`${result.name}: ${result.cases - result.failures.length} of ${result.cases} agree\n`);
  for (const failure of result.failures.slice(0, 20)) process.stdout.write(`  ${failure}\n`);
}
process.stdout.write(`${cases - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
