import type { ModelName, Person, TaggerTime, Timestamp, VersionNumber } from "../../schemas/names.ts";

/** One file to write, at a path relative to the branch's root. */
export interface RegistryFile {
  path: string;
  content: string;
}

/** An annotated tag: its bytes follow from the records alone, but for a signature. */
export interface RegistryTag {
  name: string;
  message: string;
  /** The path of the record that it follows from: the tag says its digest too. */
  record: string;
  tagger: Person;
  at: TaggerTime;
  /** The version whose commit (the one that added its manifest) it stands on: GTO finds a stage's version by the commit. */
  on: { model: ModelName; version: VersionNumber };
}

/** What one act writes: one commit, and the tags that follow. */
export interface RegistryChange {
  files: readonly RegistryFile[];
  tags: readonly RegistryTag[];
  subject: string;
  /** Trailers of the commit: the audit log's words. */
  trailers: Readonly<Record<string, string>>;
  author: Person;
  at: Timestamp;
}
