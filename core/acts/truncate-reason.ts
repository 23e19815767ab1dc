/** As much as a record keeps of what a person said, in UTF-16 units. */
const LONGEST = 2_000;

/** A person's reason as a record keeps it: anybody can say more than a record holds, and an act is not refused for that. */
export function truncateReason(reason: string | undefined): { reason?: string } {
  if (reason === undefined) return {};
  if (reason.length <= LONGEST) return { reason };
  // Not the first half of a character of two.
  return { reason: `${reason.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, "")}…` };
}
