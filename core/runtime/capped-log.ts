import { closeSync, openSync, writeSync } from "node:fs";

/** How much of a command's output a log keeps, in bytes. */
const LOG_CAP = 64 * 1024 * 1024;
const TAIL = 1024 * 1024;

/**
 * A log file that keeps the beginning and the end (the last 1 MiB) of what is written, `cap` bytes in all, and says
 * between them how many bytes were left out. Memory holds the end alone. A full disk stops the log, never the command.
 */
export class CappedLog {
  private readonly fd: number;
  private readonly headRoom: number;
  private readonly tailRoom: number;
  private readonly ring: Buffer;
  private head = 0;
  private tail = 0;
  private broken = false;
  private leftOut: number | undefined;

  constructor(file: string, cap = LOG_CAP) {
    this.tailRoom = Math.min(TAIL, Math.ceil(cap / 2));
    this.headRoom = cap - this.tailRoom;
    this.ring = Buffer.allocUnsafe(this.tailRoom);
    this.fd = openSync(file, "w", 0o600);
  }

  write(chunk: Buffer): void {
    const first = chunk.subarray(0, this.headRoom - this.head);
    if (first.length > 0) this.put(first);
    this.head += first.length;
    const rest = chunk.subarray(first.length);
    const kept = rest.subarray(Math.max(0, rest.length - this.tailRoom));
    const at = (this.tail + rest.length - kept.length) % this.tailRoom;
    const copied = kept.copy(this.ring, at);
    kept.copy(this.ring, 0, copied);
    this.tail += rest.length;
  }

  /** Bytes that were written to the log, kept or not. */
  get bytes(): number {
    return this.head + this.tail;
  }

  /** Writes the end and closes the file. Returns how many bytes were left out. */
  close(): number {
    if (this.leftOut !== undefined) return this.leftOut;
    this.leftOut = Math.max(0, this.tail - this.tailRoom);
    if (this.leftOut > 0) {
      this.put(Buffer.from(`\n[slipway: ${this.leftOut} bytes of output are left out here]\n`));
      this.put(this.ring.subarray(this.tail % this.tailRoom));
    }
    this.put(this.ring.subarray(0, this.leftOut > 0 ? this.tail % this.tailRoom : this.tail));
    closeSync(this.fd);
    return this.leftOut;
  }

  private put(bytes: Buffer): void {
    try {
      for (let at = 0; at < bytes.length && !this.broken; ) at += writeSync(this.fd, bytes, at);
    } catch {
      this.broken = true;
    }
  }
}
