import { z } from "zod";
import { CommitId } from "../../../schemas/names.ts";
import type { Handler } from "../../github/event-handler.ts";
import { fetchGroup, groupBases } from "./fetch-group.ts";
import { publishGroup } from "./publish-group.ts";

const MergeGroup = z.object({ head_sha: CommitId, head_ref: z.string(), base_sha: CommitId, base_ref: z.string() });

/** A merge queue asks for the checks of a group: both begin, and the group's own run completes them. */
export const onMergeGroup: Handler<"merge_group.checks_requested"> = async (host, payload) => {
  const { head_sha: head, base_sha: base, ...refs } = MergeGroup.parse(payload.merge_group);
  if (refs.base_ref !== `refs/heads/${host.repository.defaultBranch}`) return;
  await host.refresh();
  if (!(await fetchGroup(host, refs.head_ref.replace(/^refs\/heads\//, ""), head))) return;
  groupBases(host).set(head, base);
  await publishGroup(host, { base, head }, new Map());
};
