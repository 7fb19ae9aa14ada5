declare module "seek-bzip" {
  /** Writes what `input` unpacks to; with `multistream`, of all streams that follow each other in it. */
  export function decode(
    input: Buffer,
    output: { writeByte(byte: number): void; flush(): void },
    multistream: boolean,
  ): unknown;
}
