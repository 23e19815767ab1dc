import { z } from "zod";
import { CommitId, ModelName, Sha256, StageName, Timestamp, VersionNumber } from "./names.ts";

const DataDigest = z.object({ sha256: Sha256, rows: z.int().min(0) });

/** What a version came from, and what it came after: put together from its manifest and the decisions about it. */
export const Lineage = z.object({
  commit: CommitId.optional().describe("The source commit; absent where it was imported."),
  spec: z.string().optional(),
  pull_request: z.int().optional(),
  run: z.string().optional().describe("The run that made the artifact; of one that was imported, MLflow's run id."),
  run_link: z.string().optional(),
  source: z.string().optional().describe("Imported: the URI that was given."),
  artifact: z.object({
    sha256: Sha256.optional().describe("Absent where its files are elsewhere: nobody knows them by their bytes."),
    from: z.enum(["trained", "reused", "code", "imported"]),
  }),
  data: z.object({ train: DataDigest.optional(), test: DataDigest.optional() }),
  parent: z
    .object({ model: ModelName, version: VersionNumber, how: z.enum(["copy", "retrained"]) })
    .optional()
    .describe("copy: the same files under another name; retrained: the version that the platform made before it."),
  replaced: z
    .array(z.object({ stage: StageName, version: VersionNumber, at: Timestamp, decision: z.string() }))
    .describe("The versions in whose place it went, oldest first."),
});
export type Lineage = z.infer<typeof Lineage>;
