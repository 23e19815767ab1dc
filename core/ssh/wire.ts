/** SSH's own framing of numbers and strings (RFC 4251, section 5). Throws RangeError where the bytes end early. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bytes(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new RangeError("SSH data ends early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE();
  }

  string(): Buffer {
    return this.bytes(this.uint32());
  }

  /** What a well-formed value leaves nothing of. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }
}

export function wireString(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive number of at most `size` bytes, without its sign, at that length. Throws RangeError for another one. */
export function unsigned(mpint: Buffer, size: number): Buffer {
  const digits = mpint[0] === 0 ? mpint.subarray(1) : mpint;
  if (digits.length > size || ((mpint[0] ?? 0) & 0x80) !== 0) throw new RangeError("not a number of that size");
  return Buffer.concat([Buffer.alloc(size - digits.length), digits]);
}
