import { z } from "zod";
import { CommitId } from "../../../schemas/names.ts";
import type { EventHandler } from "../../github/event-handler.ts";
import { fetchGroup, groupBases } from "./fetch-group.ts";
import { publishGroup } from "./publish-group.ts";

const MergeGroup = z.object({ head_sha: CommitId, head_ref: z.string(), base_sha: CommitId, base_ref: z.string() });

/** A merge queue asks for the checks of a group: both begin, and the group's own run completes them. */
export const onMergeGroup: EventHandler<"merge_group.checks_requested"> = async (context, payload) => {
  const { head_sha: head, base_sha: base, ...refs } = MergeGroup.parse(payload.merge_group);
  if (refs.base_ref !== `refs/heads/${context.repository.defaultBranch}`) return;
  await context.refresh();
  if (!(await fetchGroup(context, refs.head_ref.replace(/^refs\/heads\//, ""), head))) return;
  groupBases(context).set(head, base);
  await publishGroup(context, { base, head }, new Map());
};
