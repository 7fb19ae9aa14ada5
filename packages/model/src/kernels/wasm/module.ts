/** The functions of `assembly/index.ts`. Addresses are numbers of bytes; 0 is an absent tensor. */

export interface ModelModule {
  openFeedForward(
    dModel: number,
    dFF: number,
    epsilon: number,
    scale: number,
    bias: number,
    expand: number,
    expandBias: number,
    contract: number,
    contractBias: number,
  ): void;
  feedForwardBytes(): number;
  feedForward(scratch: number, rows: number, x: number, y: number, activated: number): void;
  feedForwardGrad(
    scratch: number,
    rows: number,
    x: number,
    activated: number,
    dy: number,
    y: number,
    dx: number,
    dScale: number,
    dBias: number,
    dExpand: number,
    dExpandBias: number,
    dContract: number,
    dContractBias: number,
  ): void;
  openHeads(batch: number, heads: number, length: number, depth: number, dModel: number): void;
  headsBytes(): number;
  projectHeads(
    scratch: number,
    epsilon: number,
    x: number,
    scale: number,
    bias: number,
    first: number,
    second: number,
    third: number,
    toFirst: number,
    toSecond: number,
    toThird: number,
  ): void;
  projectHeadsGrad(
    scratch: number,
    epsilon: number,
    x: number,
    scale: number,
    bias: number,
    first: number,
    second: number,
    third: number,
    dFirst: number,
    dSecond: number,
    dThird: number,
    dx: number,
    dScale: number,
    dBias: number,
    toFirst: number,
    toSecond: number,
    toThird: number,
  ): void;
  mergeHeads(scratch: number, from: number, weight: number, y: number): void;
  mergeHeadsGrad(
    scratch: number,
    from: number,
    weight: number,
    dy: number,
    dHeads: number,
    dWeight: number,
  ): void;
  tokenHeadBytes(dModel: number, vocabSize: number): number;
  areTargets(count: number, vocabSize: number, targets: number): number;
  tokenHead(
    scratch: number,
    rows: number,
    dModel: number,
    vocabSize: number,
    epsilon: number,
    share: number,
    x1: number,
    x2: number,
    scale: number,
    bias: number,
    weight: number,
    targets: number,
    nats: number,
    d1: number,
    d2: number,
    dScale: number,
    dBias: number,
    dWeight: number,
  ): void;
  adam(
    count: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    epsilon: number,
    size: number,
    keep: number,
    value: number,
    gradient: number,
    first: number,
    second: number,
    toValue: number,
    toFirst: number,
    toSecond: number,
  ): void;
  sumSegments(
    rows: number,
    width: number,
    segmentCount: number,
    x: number,
    segments: number,
    sums: number,
    areIntegers: number,
  ): void;
}
