/** Why rows are not in the log, and how many since the start. */
export interface DroppedRows {
  /** They came faster than the disk takes them. */
  memory: number;
  /** The store is away, and no more may wait for it on the disk. */
  spool: number;
  /** A row alone is too large. */
  large: number;
  /** They could not be written, or be read again. */
  failed: number;
}

export interface RequestLogState {
  /** Rows in memory, and bytes on the disk, that wait. */
  pending: number;
  spooled: number;
  dropped: DroppedRows;
  /** Objects that the store took since the start. */
  sent: number;
  /** Why what waits is not sent, or what is too old is not removed. */
  problem?: string;
}
