/** The functions of `assembly/index.ts`. Addresses are numbers of bytes; 0 is an absent tensor. */

export interface LshModule {
  openSlots(
    groups: number,
    length: number,
    depth: number,
    numHashes: number,
    paddedLength: number,
    chunkLength: number,
    chunksBefore: number,
    chunksAfter: number,
    groupsPerExample: number,
    causal: number,
    selfMask: number,
    duplicateCorrection: number,
    dropThreshold: number,
    dropoutSeed: number,
    keptScale: number,
    order: number,
    inverse: number,
    slotBuckets: number,
    keyMask: number,
  ): void;
  isPermutation(): number;
  attentionBytes(): number;
  attention(
    scratch: number,
    query: number,
    key: number,
    value: number,
    output: number,
    logSumExp: number,
  ): void;
  attentionGradBytes(): number;
  attentionGrad(
    scratch: number,
    query: number,
    key: number,
    value: number,
    output: number,
    logSumExp: number,
    dOutput: number,
    dQuery: number,
    dKey: number,
    dValue: number,
  ): void;
  hashBytes(depth: number, rotationSize: number): number;
  hash(
    scratch: number,
    groups: number,
    heads: number,
    length: number,
    depth: number,
    numHashes: number,
    rotationSize: number,
    factorCount: number,
    vectors: number,
    rotations: number,
    factors: number,
    buckets: number,
  ): void;
  largestId(count: number, ids: number): number;
  sort(
    counts: number,
    rows: number,
    numHashes: number,
    length: number,
    paddedLength: number,
    idCount: number,
    buckets: number,
    order: number,
    inverse: number,
  ): void;
  normalizeKeys(rows: number, depth: number, query: number, key: number): void;
  normalizeKeysGrad(
    rows: number,
    depth: number,
    query: number,
    dKey: number,
    dQuery: number,
    total: number,
  ): void;
}
