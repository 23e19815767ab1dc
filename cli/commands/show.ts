import { distrust } from "../../core/acts/checked-version.ts";
import { openRequests } from "../../core/acts/open-requests.ts";
import { referred } from "../../core/acts/reference.ts";
import { evaluatedVersion, knownModel, knownVersion, withLastEvaluation } from "../../core/acts/registered.ts";
import { signaturesOf } from "../../core/acts/signatures.ts";
import { currentSigners } from "../../core/acts/signers.ts";
import { lineageOf } from "../../core/registry/lineage.ts";
import { modelReport, stagesHolding, versionReport } from "../../core/report/registry-reports.ts";
import type { ShowResult } from "../../schemas/cli-output.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { parseReference } from "../reference.ts";
import { withRegistry } from "../registry.ts";
import { reportText } from "../report-text.ts";

const VERSIONS = 20;

/** `slipway show <model[@version|#stage]>`. */
export async function run(
  session: Session,
  args: { what: string },
  options: { remote?: string; limit?: number },
): Promise<CommandOutcome> {
  const reference = parseReference(args.what);
  return withRegistry(session, options.remote, async (registry, objects) => {
    const snapshot = await registry.snapshot();
    const signaturesFor = (versions: readonly number[]) =>
      signaturesOf({ objects, remote: options.remote }, snapshot.commit, [{ record, versions }]);
    const record = await knownModel(snapshot, reference.model);
    const { name: model } = record;
    const meant = referred(record, reference);
    const ports = { registry, objects, remote: options.remote };
    if (meant !== undefined) {
      const { version: wanted, stage } = meant;
      const found = await knownVersion(snapshot, record, wanted);
      const evaluated = await withLastEvaluation(snapshot, found);
      const { manifest } = found;
      const evaluation = evaluated.evaluation && (await snapshot.lastEvaluation(model, wanted))?.record;
      const metadata = await snapshot.read({ kind: "metadata", model, version: wanted });
      const lineage = await lineageOf(snapshot, manifest, await snapshot.list("decision", model));
      const signatures = (await signaturesFor([wanted]))?.filter(({ version }) => version === wanted);
      const about = { model, version: wanted, stage };
      const refusal = await distrust(ports, snapshot, about, await currentSigners(ports));
      const testSet = await priceOf(ports, snapshot, evaluated.manifest);
      const result: ShowResult = {
        ...{ model: record, manifest, lineage },
        ...(testSet === undefined ? {} : { test_set: testSet }),
        ...(evaluation === undefined ? {} : { evaluation }),
        ...(refusal === undefined ? {} : { distrust: refusal }),
        ...(metadata === undefined ? {} : { metadata }),
        ...(signatures === undefined ? {} : { signatures }),
      };
      const report = versionReport(record, evaluated.manifest, lineage, { evaluation, metadata, signatures, testSet });
      const warned = refusal === undefined ? [] : [`Not to be used: ${refusal.message}`];
      return { result, text: reportText(session, { ...report, notices: [...warned, ...report.notices] }) };
    }
    const numbers = (await snapshot.versions(model)).reverse().slice(0, options.limit ?? VERSIONS);
    const found = await Promise.all(numbers.map((number) => evaluatedVersion(snapshot, model, number)));
    const manifests = found.flatMap((each) => (each ? [each.manifest] : []));
    const versions = manifests.map((manifest) => summary(record, manifest));
    const waiting = await openRequests(snapshot, { model });
    const signatures = await signaturesFor(numbers);
    const latest = await evaluatedVersion(snapshot, model, record.latest_version);
    const testSet = latest && (await priceOf(ports, snapshot, latest.manifest));
    const result: ShowResult = {
      ...{ model: record, versions },
      ...(testSet === undefined ? {} : { test_set: testSet }),
      ...(waiting.length === 0 ? {} : { waiting }),
      ...(signatures === undefined ? {} : { signatures }),
    };
    return { result, text: reportText(session, modelReport(record, manifests, waiting, { signatures, testSet })) };
  });
}

function summary(record: ShowResult["model"], manifest: Manifest): NonNullable<ShowResult["versions"]>[number] {
  const { version, registered_at, registered_by, source, evaluation } = manifest;
  const values = Object.entries(evaluation.metrics).map(([name, { value }]) => [name, value]);
  return {
    version,
    stages: stagesHolding(record, version),
    ...{ registered_at, registered_by, commit: source.commit },
    metrics: Object.fromEntries(values),
  };
}

/** Reads policy and spec, in YAML: what shows no version's test set starts without. */
async function priceOf(...about: Parameters<typeof import("../../core/acts/test-set-price.ts").testSetPrice>) {
  const { testSetPrice } = await import("../../core/acts/test-set-price.ts");
  return testSetPrice(...about);
}
