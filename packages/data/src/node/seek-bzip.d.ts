declare module "seek-bzip" {
  const seekBzip: {
    /** Writes what `input` unpacks to; with `multistream`, of all streams that follow each other in it. */
    decode(
      input: Buffer,
      output: { writeByte(byte: number): void; flush(): void },
      multistream: boolean,
    ): unknown;
  };
  export default seekBzip;
}
