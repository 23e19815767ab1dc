import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** A number that an event logs under a tag. */
export interface EventScalar {
  tag: string;
  step: number;
  value: number;
  /** In milliseconds since 1970. */
  at: number;
}

type Read = (reader: BinaryReader, wire: WireType) => void;

/** Numbers of tensorflow.Event's fields and of those in it: see event.proto, summary.proto and tensor.proto of TensorFlow. */
const FLOAT32 = 1;
const FLOAT64 = 2;
const INT32 = 3;
const INT64 = 9;

/**
 * The scalars of one record of an event file: `simple_value`, and tensors with one number as TensorFlow 2 writes them. Pictures,
 * histograms, texts and the like are none. Throws where the bytes are no event.
 */
export function eventScalars(data: Uint8Array): EventScalar[] {
  let [at, step] = [0, 0];
  const values: { tag: string; value: number }[] = [];
  fields(data, {
    1: (reader) => {
      at = Math.round(reader.double() * 1_000);
    },
    2: (reader) => {
      step = Number(reader.int64());
    },
    5: (reader) =>
      fields(reader.bytes(), {
        1: (summary) => {
          const found = scalar(summary.bytes());
          if (found) values.push(found);
        },
      }),
  });
  return values.map(({ tag, value }) => ({ tag, step, value, at }));
}

function scalar(data: Uint8Array): { tag: string; value: number } | undefined {
  let [tag, plugin] = ["", ""];
  let value: number | undefined;
  fields(data, {
    1: (reader) => {
      tag = reader.string();
    },
    2: (reader) => {
      value = asWritten(reader.float());
    },
    8: (reader) => {
      value = tensor(reader.bytes());
    },
    9: (reader) =>
      fields(reader.bytes(), {
        1: (about) =>
          fields(about.bytes(), {
            1: (name) => {
              plugin = name.string();
            },
          }),
      }),
  });
  const isScalar = plugin === "" || plugin === "scalars";
  return value === undefined || tag === "" || !isScalar ? undefined : { tag, value };
}

/** The number that a tensor holds, where it holds one. */
function tensor(data: Uint8Array): number | undefined {
  let type = 0;
  let content: Buffer | undefined;
  const numbers: number[] = [];
  const several = (each: (reader: BinaryReader) => number): Read => {
    return (reader, wire) => {
      if (wire !== WireType.LengthDelimited) numbers.push(each(reader));
      else {
        const packed = new BinaryReader(reader.bytes());
        while (packed.pos < packed.len && numbers.length < 2) numbers.push(each(packed));
      }
    };
  };
  fields(data, {
    1: (reader) => {
      type = reader.int32();
    },
    4: (reader) => {
      content = Buffer.from(reader.bytes());
    },
    5: several((reader) => asWritten(reader.float())),
    6: several((reader) => reader.double()),
    7: several((reader) => reader.int32()),
    10: several((reader) => Number(reader.int64())),
  });
  if (content !== undefined && content.length > 0) return fromContent(content, type);
  return numbers.length === 1 ? numbers[0] : undefined;
}

function fromContent(content: Buffer, type: number): number | undefined {
  if (type === FLOAT32 && content.length === 4) return asWritten(content.readFloatLE());
  if (type === FLOAT64 && content.length === 8) return content.readDoubleLE();
  if (type === INT32 && content.length === 4) return content.readInt32LE();
  if (type === INT64 && content.length === 8) return Number(content.readBigInt64LE());
  return undefined;
}

/** The shortest number that is the same in 32 bits: 0.1, and not 0.10000000149011612. */
function asWritten(value: number): number {
  for (const digits of [6, 7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function fields(data: Uint8Array, known: Readonly<Record<number, Read>>): void {
  const reader = new BinaryReader(data);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    const read = known[field];
    if (read) read(reader, wire);
    else reader.skip(wire, field);
  }
}
